import type { TransferModel } from '../../flows/transfer/transfer-model.js';
import { everyRow } from '../../rest/access/route-access.js';
import { ExpressionPolicyRequestDto, PatchedExpressionPolicyRequestDto } from './dto/expression-policy.dto.js';
import { ExpressionPolicy } from './expression-policy.entity.js';
import { expressionPolicyKind } from './expression-policy.kind.js';
import type { ExpressionPolicyService } from './expression-policy.service.js';

const { model } = expressionPolicyKind;

/** Import and export of expression policies. */
export function expressionPolicyTransfer(service: ExpressionPolicyService): TransferModel {
  return {
    model,
    entity: ExpressionPolicy,
    identifiers: { name: { on: 'row.name', type: 'text' } },
    naturalKey: 'name',
    request: ExpressionPolicyRequestDto,
    patch: PatchedExpressionPolicyRequestDto,
    store: service,
    exported: { identifiers: ['name'], read: (manager, pk) => service.read(manager, pk, everyRow) },
  };
}
