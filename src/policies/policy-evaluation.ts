import type { EntityManager } from 'typeorm';

import { insertEventsOf } from '../events/event-log.js';
import { passwordPolicyResult } from './password/password-policy-result.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { passwordPolicyKind } from './password/password-policy.kind.js';
import type { PolicyResult } from './policy-result.js';

/** What a policy is asked about. */
export interface PolicyRequest {
  /** What was typed, by the keys of fields. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Names and addresses of the user. */
  readonly personal: readonly string[];
  /** Who it is about; undefined for nobody that is known. */
  readonly user?: { readonly pk: number } | undefined;
}

/** Asks a policy, and writes an event if the policy says so. */
export async function evaluate(
  manager: EntityManager,
  policy: PasswordPolicy,
  { answers, personal, user }: PolicyRequest,
): Promise<PolicyResult> {
  const result = passwordPolicyResult(policy, answers, personal);
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
