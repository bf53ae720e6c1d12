import type { EntityManager } from 'typeorm';

/** What policies are bound to: flows, and the places of stages in them. Each has a mode, `all` or `any`. */
const targets = {
  flow: { table: 'flow', key: 'flow_uuid' },
  binding: { table: 'flow_stage_binding', key: 'fsb_uuid' },
} as const;

/**
 * Asks the policies of flows or of flow-stage bindings in one statement (flow execution, section 1.5): enabled policy
 * bindings name a user or a group, members of a group also belong to the groups above it, `negate` turns an outcome
 * round, and the target's mode puts the outcomes together. A target without policy bindings lets everybody pass.
 *
 * @param keys of flows, or of flow-stage bindings
 * @param user who it is about; nobody, an inactive user and one who is gone are no member of anything
 * @returns the keys of those that let the user pass; one that is not there any more lets nobody pass
 */
export async function passing(
  manager: EntityManager,
  kind: keyof typeof targets,
  keys: readonly string[],
  user: { readonly pk: number } | undefined,
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const { table, key } = targets[kind];
  const rows = await manager.query<{ key: string }[]>(
    `with recursive account as (
       select id from "user" where id = $2 and is_active
     ), membership as (
       select g.group_uuid, g.parent_uuid
         from "group" g join "group_user" gu using (group_uuid) join account a on a.id = gu.user_id
       union
       select g.group_uuid, g.parent_uuid from "group" g join membership m on m.parent_uuid = g.group_uuid
     ), outcome as (
       select b.${key}, b.negate <> case
                when b.user_id is not null then b.user_id in (select id from account)
                else b.group_uuid in (select group_uuid from membership)
              end as passes
         from "policy_binding" b where b.${key} = any($1) and b.enabled
     )
     select t.${key} as key
       from "${table}" t left join outcome o using (${key})
      where t.${key} = any($1)
      group by t.${key}
     having coalesce(case t.policy_engine_mode when 'all' then bool_and(o.passes) else bool_or(o.passes) end, true)`,
    [keys, user?.pk ?? null],
  );
  return new Set(rows.map((row) => row.key));
}
