import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import { everyRow } from '../../rest/access/route-access.js';
import { PasswordPolicyRequestDto, PatchedPasswordPolicyRequestDto } from './dto/password-policy.dto.js';
import { PasswordPolicy } from './password-policy.entity.js';
import { passwordPolicyKind } from './password-policy.kind.js';
import type { PasswordPolicyService } from './password-policy.service.js';

const { model } = passwordPolicyKind;

/** Import and export of password policies. */
export function passwordPolicyTransfer(service: PasswordPolicyService): TransferModel {
  return {
    model,
    entity: PasswordPolicy,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    naturalKey: 'name',
    request: PasswordPolicyRequestDto,
    patch: PatchedPasswordPolicyRequestDto,
    store: service,
    exported: { identifiers: ['name'], read: (manager, pk) => service.read(manager, pk, everyRow) },
  };
}
