import type { EntityManager } from 'typeorm';

import type { StrengthMeter } from '../core/passwords/password-strength.js';
import { insertEventsOf } from '../events/event-log.js';
import { passwordPolicyResult } from './password/password-policy-result.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { passwordPolicyKind } from './password/password-policy.kind.js';
import type { PolicyResult } from './policy-result.js';

/** Input of a policy evaluation. */
export interface PolicyRequest {
  /** Prompt responses by field key. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Names and e-mail addresses of the user, for the strength check. */
  readonly personal: readonly string[];
  /** The pending or signed-in user. */
  readonly user?: { readonly pk: number } | undefined;
  /** Undefined to skip the strength check. */
  readonly strength: StrengthMeter | undefined;
}

/** Evaluates a policy, and writes an event if the policy logs its executions. */
export async function evaluate(
  manager: EntityManager,
  policy: PasswordPolicy,
  { answers, personal, user, strength }: PolicyRequest,
): Promise<PolicyResult> {
  const result = await passwordPolicyResult(policy, answers, personal, strength);
  if (policy.executionLogging) {
    const [app, model_name] = passwordPolicyKind.model.split('.');
    const context = {
      message: 'Policy Execution',
      policy: { app, model_name, pk: policy.pk, name: policy.name },
      result,
      ...(user !== undefined && { user: user.pk }),
    };
    const source = `(values ('policy_execution', 'authentik.policies.process', $1::jsonb)) as event (action, app, context)`;
    await manager.query(insertEventsOf(source), [context]);
  }
  return result;
}

/** Returns the policies with these keys; unknown keys are absent. */
export async function findPolicies(
  manager: EntityManager,
  keys: readonly string[],
): Promise<ReadonlyMap<string, PasswordPolicy>> {
  if (keys.length === 0) return new Map();
  const policies = await manager
    .createQueryBuilder(PasswordPolicy, 'policy')
    .where('policy.pk = any(:keys)', { keys })
    .getMany();
  return new Map(policies.map((policy) => [policy.pk, policy]));
}
