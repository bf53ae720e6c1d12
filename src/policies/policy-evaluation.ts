import type { EntityManager } from 'typeorm';

import type { StrengthMeter } from '../core/passwords/password-strength.js';
import { insertEventsOf } from '../events/event-log.js';
import { passwordPolicyResult } from './password/password-policy-result.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { passwordPolicyKind } from './password/password-policy.kind.js';
import type { PolicyResult } from './policy-result.js';

/** What a policy is evaluated for. */
export interface PolicyRequest {
  /** By the keys of fields. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Names and addresses of the user. */
  readonly personal: readonly string[];
  /** The known user. */
  readonly user?: { readonly pk: number } | undefined;
  /** Undefined: the strength is not checked. */
  readonly strength: StrengthMeter | undefined;
}

/** Evaluates a policy, and writes an event if the policy is set to. */
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

/** The policies with these keys. */
export async function policiesOf(
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
