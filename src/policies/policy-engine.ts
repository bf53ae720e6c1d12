import type { EntityManager } from 'typeorm';

import { passwordStrength } from '../core/passwords/password-strength.js';
import type { FiringEvent } from '../notifications/event-summary.js';
import type { MatchedEvent } from './event-matcher/event-matcher-policy-result.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { type AnyPolicy, evaluate, findPolicies } from './policy-evaluation.js';

/** The objects that policies can be bound to: table, mode (`all` or `any`), and the verdict on one without bindings. */
const targets = {
  flow: { table: 'flow', key: 'flow_uuid', mode: 't.policy_engine_mode', unbound: 'passes' },
  binding: { table: 'flow_stage_binding', key: 'fsb_uuid', mode: 't.policy_engine_mode', unbound: 'passes' },
  rule: { table: 'notification_rule', key: 'rule_uuid', mode: `'any'`, unbound: 'fails' },
} as const;

/** The part of a run's context that policies read. */
export interface PolicyContext {
  readonly prompt_data?: Readonly<Record<string, unknown>>;
  /** Keys of `prompt_data` whose values are sealed. */
  readonly prompt_secrets?: readonly string[];
  /** The event of a notification rule. */
  readonly event?: MatchedEvent;
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
 * Whether a target passes. `undecided`: that depends on a policy that cannot be evaluated. Deny the run then: to skip a
 * stage can open as much as to show one, for example a stage that asks for a password or one that denies.
 */
export type Verdict = 'passes' | 'fails' | 'undecided';

/** Returns the keys of the targets that pass, as `targetVerdicts` does. */
export async function passingTargets(
  ...[manager, kind, keys, user, context]: Parameters<typeof targetVerdicts>
): Promise<ReadonlySet<string>> {
  const verdicts = await targetVerdicts(manager, kind, keys, user, context);
  return new Set(keys.filter((key) => verdicts.get(key) === 'passes'));
}

/** Returns the notification rules that fire for an event, of those with these keys. */
export async function firingRules(
  manager: EntityManager,
  rules: readonly string[],
  event: FiringEvent,
): Promise<ReadonlySet<string>> {
  const { pk } = event.user;
  const user = typeof pk === 'number' ? { pk } : undefined;
  return passingTargets(manager, 'rule', rules, user, { event });
}

/**
 * Evaluates the enabled policy bindings of flows, flow-stage bindings or notification rules with authentik's rules: members
 * of a group also belong to its ancestors, `negate` inverts a result, and the target's mode combines the results. Without
 * enabled bindings, flows and stages pass, and rules do not. Runs one statement, and two more if a policy is bound.
 *
 * @param keys of targets of one kind
 * @param user undefined for anonymous visitors; like them, inactive and deleted users match no user or group
 * @param context of the run
 * @returns the verdicts by key; a deleted target is absent
 */
export async function targetVerdicts(
  manager: EntityManager,
  kind: keyof typeof targets,
  keys: readonly string[],
  user: { readonly pk: number } | undefined,
  context: PolicyContext = {},
): Promise<ReadonlyMap<string, Verdict>> {
  if (keys.length === 0) return new Map();
  const rows = await readBindings(manager, kind, keys, user);
  const results = await evaluatePolicies(manager, rows, user, context);
  const modes = new Map(rows.map(({ key, mode }) => [key, mode]));
  const verdictOn = (key: string, mode: BoundRow['mode']): Verdict => {
    const bound = rows.filter((row) => row.key === key && row.binding !== null);
    if (bound.length === 0) return targets[kind].unbound;
    return combined(
      mode,
      bound.map((row) => outcomeOf(row, results)),
    );
  };
  return new Map([...modes].map(([key, mode]) => [key, verdictOn(key, mode)]));
}

/** Returns the verdict of one binding. An undecided one stays undecided when it is negated. */
function outcomeOf({ binding, userMatches, negate }: BoundRow, results: ReadonlyMap<string, Verdict>): Verdict {
  const verdict = userMatches === null ? (results.get(binding ?? '') ?? 'fails') : verdictOf(userMatches);
  return verdict === 'undecided' ? verdict : verdictOf((verdict === 'passes') !== negate);
}

/** Kleene's logic: a target is undecided only if the undecided bindings decide. */
function combined(mode: BoundRow['mode'], verdicts: readonly Verdict[]): Verdict {
  const deciding = mode === 'all' ? 'fails' : 'passes';
  if (verdicts.includes(deciding)) return deciding;
  return verdicts.find((verdict) => verdict === 'undecided') ?? verdictOf(mode === 'all');
}

function verdictOf(passes: boolean): Verdict {
  return passes ? 'passes' : 'fails';
}

function readBindings(
  manager: EntityManager,
  kind: keyof typeof targets,
  keys: readonly string[],
  user: { readonly pk: number } | undefined,
): Promise<BoundRow[]> {
  const { table, key, mode } = targets[kind];
  return manager.query<BoundRow[]>(
    `with recursive account as (
       select id from "user" where id = $2 and is_active
     ), membership as (
       select g.group_uuid, g.parent_uuid
         from "group" g join "group_user" gu using (group_uuid) join account a on a.id = gu.user_id
       union
       select g.group_uuid, g.parent_uuid from "group" g join membership m on m.parent_uuid = g.group_uuid
     )
     select t.${key} as key, ${mode} as mode, b.policy_binding_uuid as binding, b.policy_uuid as policy,
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

/** Returns the verdicts of the bound policies by binding key. */
async function evaluatePolicies(
  manager: EntityManager,
  rows: readonly BoundRow[],
  user: { readonly pk: number } | undefined,
  context: PolicyContext,
): Promise<ReadonlyMap<string, Verdict>> {
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
  const { prompt_data: answers = {}, event } = context;
  const request = { answers, personal, user, event, strength: passwordStrength };
  const results = new Map<string, Verdict>();
  for (const { binding, policy: key, failureResult } of rows) {
    const policy = policies.get(key ?? '');
    if (binding === null || policy === undefined) continue;
    if (isSealed(policy, context)) results.set(binding, verdictOf(failureResult));
    else {
      const { passing, isUndecided } = await evaluate(manager, policy, request);
      results.set(binding, isUndecided ? 'undecided' : verdictOf(passing));
    }
  }
  return results;
}

/** Whether the policy checks a password that the run holds only as a sealed hash. */
function isSealed(policy: AnyPolicy, { prompt_secrets = [] }: PolicyContext): boolean {
  return policy instanceof PasswordPolicy && prompt_secrets.includes(policy.passwordField);
}
