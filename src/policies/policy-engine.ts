import type { EntityManager } from 'typeorm';

import { passwordStrength } from '../core/passwords/password-strength.js';
import type { PasswordPolicy } from './password/password-policy.entity.js';
import { evaluate, findPolicies } from './policy-evaluation.js';

/** Tables of the objects that policies can be bound to. Each has a `policy_engine_mode`, `all` or `any`. */
const targets = {
  flow: { table: 'flow', key: 'flow_uuid' },
  binding: { table: 'flow_stage_binding', key: 'fsb_uuid' },
} as const;

/** The part of a run's context that policies read. */
export interface PolicyContext {
  readonly prompt_data?: Readonly<Record<string, unknown>>;
  /** Keys of `prompt_data` whose values are sealed. */
  readonly prompt_secrets?: readonly string[];
}

/** A target joined with one of its policy bindings, or with none. */
interface BoundRow {
  readonly key: string;
  readonly mode: 'all' | 'any';
  readonly binding: string | null;
  readonly policy: string | null;
  readonly negate: boolean;
  readonly failureResult: boolean;
  /** Whether the user or group of the binding matches; null if a policy is bound. */
  readonly userMatches: boolean | null;
}

/**
 * Evaluates the enabled policy bindings of flows or flow-stage bindings, as authentik does: members of a group also
 * belong to its ancestors, `negate` inverts a result, and the target's mode combines the results. A target without
 * enabled bindings passes. Runs one statement, and two more if a policy is bound.
 *
 * @param keys of flows, or of flow-stage bindings
 * @param user undefined for anonymous visitors; like them, inactive and deleted users match no user or group
 * @param context of the run
 * @returns the keys of the targets that pass; a deleted target does not
 */
export async function passingTargets(
  manager: EntityManager,
  kind: keyof typeof targets,
  keys: readonly string[],
  user: { readonly pk: number } | undefined,
  context: PolicyContext = {},
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await readBindings(manager, kind, keys, user);
  const results = await evaluatePolicies(manager, rows, user, context);
  const modes = new Map(rows.map(({ key, mode }) => [key, mode]));
  const passes = (key: string): boolean => {
    const outcomes = rows
      .filter((row) => row.key === key && row.binding !== null)
      .map((row) => row.negate !== (row.userMatches ?? results.get(row.binding ?? '') ?? false));
    if (outcomes.length === 0) return true;
    return modes.get(key) === 'all' ? outcomes.every(Boolean) : outcomes.some(Boolean);
  };
  return new Set([...modes.keys()].filter(passes));
}

function readBindings(
  manager: EntityManager,
  kind: keyof typeof targets,
  keys: readonly string[],
  user: { readonly pk: number } | undefined,
): Promise<BoundRow[]> {
  const { table, key } = targets[kind];
  return manager.query<BoundRow[]>(
    `with recursive account as (
       select id from "user" where id = $2 and is_active
     ), membership as (
       select g.group_uuid, g.parent_uuid
         from "group" g join "group_user" gu using (group_uuid) join account a on a.id = gu.user_id
       union
       select g.group_uuid, g.parent_uuid from "group" g join membership m on m.parent_uuid = g.group_uuid
     )
     select t.${key} as key, t.policy_engine_mode as mode, b.policy_binding_uuid as binding, b.policy_uuid as policy,
            b.negate, b.failure_result as "failureResult",
            case
              when b.user_id is not null then b.user_id in (select id from account)
              when b.group_uuid is not null then b.group_uuid in (select group_uuid from membership)
            end as "userMatches"
       from "${table}" t left join "policy_binding" b on b.${key} = t.${key} and b.enabled
      where t.${key} = any($1)`,
    [keys, user?.pk ?? null],
  );
}

/** Returns the results of the bound policies by binding key. */
async function evaluatePolicies(
  manager: EntityManager,
  rows: readonly BoundRow[],
  user: { readonly pk: number } | undefined,
  context: PolicyContext,
): Promise<ReadonlyMap<string, boolean>> {
  const policies = await findPolicies(
    manager,
    rows.flatMap(({ policy }) => policy ?? []),
  );
  if (policies.size === 0) return new Map();
  const [account] = await manager.query<{ personal: string[] }[]>(
    `select array[username, name, email] as personal from "user" where id = $1`,
    [user?.pk ?? null],
  );
  const personal = account?.personal ?? [];
  const request = { answers: context.prompt_data ?? {}, personal, user, strength: passwordStrength };
  const results = new Map<string, boolean>();
  for (const { binding, policy: key, failureResult } of rows) {
    const policy = policies.get(key ?? '');
    if (binding === null || policy === undefined) continue;
    const result = isSealed(policy, context) ? failureResult : (await evaluate(manager, policy, request)).passing;
    results.set(binding, result);
  }
  return results;
}

/** Whether the policy checks a password that the run holds only as a sealed hash. */
function isSealed({ passwordField }: PasswordPolicy, { prompt_secrets = [] }: PolicyContext): boolean {
  return prompt_secrets.includes(passwordField);
}
