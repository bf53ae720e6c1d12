import type { EntityManager } from 'typeorm';

/** Target of a policy binding; exactly one field is set. */
export interface PolicyTarget {
  readonly flowId: string | null;
  readonly bindingId: string | null;
  readonly ruleId: string | null;
}

/**
 * Returns the flows, flow-stage bindings and notification rules with these keys: primary keys or keys as policy targets
 * (`policybindingmodel_ptr_id`).
 *
 * @returns targets by the given key; unknown keys are absent
 */
export async function findTargets(
  manager: EntityManager,
  keys: readonly string[],
): Promise<ReadonlyMap<string, PolicyTarget>> {
  const rows = await manager.query<(PolicyTarget & { key: string })[]>(
    `select k.key, f.flow_uuid as "flowId", null::uuid as "bindingId", null::uuid as "ruleId"
       from unnest($1::uuid[]) as k(key) join "flow" f on k.key in (f.flow_uuid, f.pbm_uuid)
      union all
     select k.key, null, b.fsb_uuid, null
       from unnest($1::uuid[]) as k(key) join "flow_stage_binding" b on k.key in (b.fsb_uuid, b.pbm_uuid)
      union all
     select k.key, null, null, r.rule_uuid
       from unnest($1::uuid[]) as k(key) join "notification_rule" r on k.key = r.rule_uuid`,
    [keys],
  );
  return new Map(rows.map(({ key, ...target }) => [key, target]));
}
