import type { EntityManager } from 'typeorm';

import { passwordStrength } from '../core/passwords/password-strength.js';
import type { PasswordPolicy } from './password/password-policy.entity.js';
import { evaluate, policiesOf } from './policy-evaluation.js';

/** What policies are bound to: flows, and the places of stages in them. Each has a mode, `all` or `any`. */
const targets = {
  flow: { table: 'flow', key: 'flow_uuid' },
  binding: { table: 'flow_stage_binding', key: 'fsb_uuid' },
} as const;

/** What is known in a run, as far as policies look at it. */
export interface PolicyContext {
  readonly prompt_data?: Readonly<Record<string, unknown>>;
  /** Keys of `prompt_data` whose values are sealed. */
  readonly prompt_secrets?: readonly string[];
}

/** A target with one of its policy bindings, or with none. */
interface BoundRow {
  readonly key: string;
  readonly mode: 'all' | 'any';
  readonly binding: string | null;
  readonly policy: string | null;
  readonly negate: boolean;
  readonly failureResult: boolean;
  /** Whether the user is meant; null for the binding of a policy. */
  readonly isMeant: boolean | null;
}

/**
 * Asks the policies of flows or of flow-stage bindings (flow execution, section 1.5): enabled policy bindings name a
 * policy, a user or a group, members of a group also belong to the groups above it, `negate` turns an outcome round, and
 * the target's mode puts the outcomes together. A target without policy bindings lets everybody pass. It takes one
 * statement, and two more if a policy is bound.
 *
 * @param keys of flows, or of flow-stage bindings
 * @param user who it is about; nobody, an inactive user and one who is gone are no member of anything
 * @param context what is known in the run
 * @returns the keys of those that let the user pass; one that is not there any more lets nobody pass
 */
export async function passing(
  manager: EntityManager,
  kind: keyof typeof targets,
  keys: readonly string[],
  user: { readonly pk: number } | undefined,
  context: PolicyContext = {},
): Promise<ReadonlySet<string>> {
  if (keys.length === 0) return new Set();
  const rows = await boundRows(manager, kind, keys, user);
  const results = await resultsOf(manager, rows, user, context);
  const modes = new Map(rows.map(({ key, mode }) => [key, mode]));
  const passes = (key: string): boolean => {
    const outcomes = rows
      .filter((row) => row.key === key && row.binding !== null)
      .map((row) => row.negate !== (row.isMeant ?? results.get(row.binding ?? '') ?? false));
    if (outcomes.length === 0) return true;
    return modes.get(key) === 'all' ? outcomes.every(Boolean) : outcomes.some(Boolean);
  };
  return new Set([...modes.keys()].filter(passes));
}

function boundRows(
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
            end as "isMeant"
       from "${table}" t left join "policy_binding" b on b.${key} = t.${key} and b.enabled
      where t.${key} = any($1)`,
    [keys, user?.pk ?? null],
  );
}

/** What the bound policies say, by the key of the binding. */
async function resultsOf(
  manager: EntityManager,
  rows: readonly BoundRow[],
  user: { readonly pk: number } | undefined,
  context: PolicyContext,
): Promise<ReadonlyMap<string, boolean>> {
  const policies = await policiesOf(
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

/** A password is kept in a run as its sealed hash, which no policy can look at. */
function isSealed({ passwordField }: PasswordPolicy, { prompt_secrets = [] }: PolicyContext): boolean {
  return prompt_secrets.includes(passwordField);
}
