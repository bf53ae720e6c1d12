import type { ExportPart } from '../flows/transfer/exporter.service.js';
import { policyKinds } from './policy-kinds.js';
import { Policy } from './policy.entity.js';

/** Selects the policies of one kind of a flow, of its stages and of its prompt stages for the export. */
export function policiesOfFlow(kind: keyof typeof policyKinds): ExportPart {
  return {
    model: policyKinds[kind].model,
    place: 'before stages',
    async keys(manager, { flow, stages, bindings }) {
      const policies = await manager
        .createQueryBuilder(Policy, 'policy')
        .select('policy.pk', 'pk')
        .where('policy.kind = :kind', { kind })
        .andWhere(
          `policy.pk in (select policy_uuid from "policy_binding" where flow_uuid = :flow or fsb_uuid = any(:bindings)
                          union select policy_uuid from "prompt_stage_policy" where stage_uuid = any(:stages))`,
          { flow, bindings, stages },
        )
        .orderBy('policy.name')
        .getRawMany<{ pk: string }>();
      return policies.map(({ pk }) => pk);
    },
  };
}
