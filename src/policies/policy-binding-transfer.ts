import type { EntityManager } from 'typeorm';

import type { ExportPart } from '../flows/transfer/exporter.service.js';
import type { TransferModel } from '../flows/transfer/transfer-model.js';
import { select } from '../rest/list/read-page.js';
import { PatchedPolicyBindingRequestDto, PolicyBindingRequestDto } from './dto/policy-binding.dto.js';
import { PolicyBinding } from './policy-binding.entity.js';
import { policyBindingColumns, type PolicyBindingRow } from './policy-binding.mapper.js';
import type { PolicyBindingService } from './policy-binding.service.js';

const model = 'authentik_policies.policybinding';

/** Import and export of policy bindings. */
export function policyBindingTransfer(service: PolicyBindingService): TransferModel {
  return {
    model,
    entity: PolicyBinding,
    identifiers: {
      policy: { on: 'row.policyId', type: 'uuid' },
      target: { on: 'coalesce(row.flowId, row.bindingId, row.ruleId)', type: 'uuid' },
      order: { on: 'row.order', type: 'integer' },
      group: { on: 'row.groupId', type: 'uuid' },
      user: { on: 'row.userId', type: 'integer' },
    },
    request: PolicyBindingRequestDto,
    patch: PatchedPolicyBindingRequestDto,
    store: service,
    closing: { target: 'target', standIn: 'policy', instead: ['policy', 'group', 'user'] },
    exported: { identifiers: ['policy', 'target', 'order'], read },
  };
}

/** Selects the policy bindings of a flow and of its stages for the export. */
export const policyBindingsOfFlow: ExportPart = {
  model,
  place: 'after bindings',
  async keys(manager, { flow, bindings }) {
    const rows = await manager
      .createQueryBuilder(PolicyBinding, 'pb')
      .select('pb.pk', 'pk')
      .where('pb.flowId = :flow or pb.bindingId = any(:bindings)', { flow, bindings })
      .orderBy('pb.flowId', 'ASC', 'NULLS LAST')
      .addOrderBy('pb.bindingId')
      .addOrderBy('pb.order')
      .addOrderBy('pb.pk')
      .getRawMany<{ pk: string }>();
    return rows.map(({ pk }) => pk);
  },
};

async function read(manager: EntityManager, pk: string): Promise<object> {
  const binding = manager.createQueryBuilder(PolicyBinding, 'pb').where('pb.pk = :pk', { pk });
  const row = await select(binding, policyBindingColumns).getRawOne<PolicyBindingRow>();
  if (row === undefined) throw new Error('a policy binding is missing from its own snapshot');
  return row;
}
