import type { EntityManager } from 'typeorm';

/** What a policy is bound to: one of the two is set. */
export interface PolicyTarget {
  readonly flowId: string | null;
  readonly bindingId: string | null;
}

/**
 * The flows and flow-stage bindings behind keys of either kind: their own, or the one that they have as targets of
 * policies (`policybindingmodel_ptr_id`).
 *
 * @returns by the key that was given; one that names nothing is missing
 */
export async function findTargets(
  manager: EntityManager,
  keys: readonly string[],
): Promise<ReadonlyMap<string, PolicyTarget>> {
  const rows = await manager.query<(PolicyTarget & { key: string })[]>(
    `select k.key, f.flow_uuid as "flowId", null::uuid as "bindingId"
       from unnest($1::uuid[]) as k(key) join "flow" f on k.key in (f.flow_uuid, f.pbm_uuid)
      union all
     select k.key, null, b.fsb_uuid
       from unnest($1::uuid[]) as k(key) join "flow_stage_binding" b on k.key in (b.fsb_uuid, b.pbm_uuid)`,
    [keys],
  );
  return new Map(rows.map(({ key, flowId, bindingId }) => [key, { flowId, bindingId }]));
}
