import type { EntityManager } from 'typeorm';

import type { ExportPart } from '../flows/transfer/exporter.service.js';
import type { TransferModel } from '../flows/transfer/transfer-model.js';
import { Tag } from '../flows/transfer/tree.js';
import { select } from '../rest/list/read-page.js';
import { PatchedPolicyBindingRequestDto, PolicyBindingRequestDto } from './dto/policy-binding.dto.js';
import { PolicyBinding } from './policy-binding.entity.js';
import { policyBindingColumns, type PolicyBindingRow } from './policy-binding.mapper.js';
import type { PolicyBindingService } from './policy-binding.service.js';

const model = 'authentik_policies.policybinding';

/** Policy bindings in files. */
export function policyBindingTransfer(service: PolicyBindingService): TransferModel {
  return {
    model,
    entity: PolicyBinding,
    identifiers: {
      policy: { on: 'row.policyId', type: 'uuid' },
      target: { on: 'coalesce(row.flowId, row.bindingId)', type: 'uuid' },
      order: { on: 'row.order', type: 'integer' },
      group: { on: 'row.groupId', type: 'uuid' },
      user: { on: 'row.userId', type: 'integer' },
    },
    request: PolicyBindingRequestDto,
    patch: PatchedPolicyBindingRequestDto,
    store: service,
    exported: { identifiers: ['policy', 'target', 'order'], read },
  };
}

/** Which policy bindings belong to a flow: those on it, and those on the places of its stages. */
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

/** The number of a user is another user elsewhere, so the file calls them by name. */
async function read(manager: EntityManager, pk: string): Promise<object> {
  const binding = manager
    .createQueryBuilder(PolicyBinding, 'pb')
    .leftJoin('pb.user', 'account')
    .where('pb.pk = :pk', { pk });
  const columns = { ...policyBindingColumns, username: 'account.username' };
  const row = await select(binding, columns).getRawOne<PolicyBindingRow & { username: string | null }>();
  if (row === undefined) throw new Error('a policy binding is gone from its own snapshot');
  const { username, ...told } = row;
  return username === null
    ? told
    : { ...told, user: new Tag('!Find', ['authentik_core.user', ['username', username]], 0) };
}
