import type { ExportPart } from '../../flows/transfer/exporter.service.js';
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
    request: PasswordPolicyRequestDto,
    patch: PatchedPasswordPolicyRequestDto,
    store: service,
    exported: { identifiers: ['name'], read: (manager, pk) => service.read(manager, pk, everyRow) },
  };
}

/** Selects the policies of a flow, of its stages and of its prompt stages for the export. */
export const policiesOfFlow: ExportPart = {
  model,
  place: 'before stages',
  async keys(manager, { flow, stages, bindings }) {
    const policies = await manager
      .createQueryBuilder(PasswordPolicy, 'policy')
      .select('policy.pk', 'pk')
      .where(
        `policy.pk in (select policy_uuid from "policy_binding" where flow_uuid = :flow or fsb_uuid = any(:bindings)
                        union select policy_uuid from "prompt_stage_policy" where stage_uuid = any(:stages))`,
        { flow, bindings, stages },
      )
      .orderBy('policy.name')
      .getRawMany<{ pk: string }>();
    return policies.map(({ pk }) => pk);
  },
};
