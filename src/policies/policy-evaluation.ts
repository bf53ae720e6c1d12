import type { EntityManager } from 'typeorm';

import type { StrengthMeter } from '../core/passwords/password-strength.js';
import { insertEventsOf } from '../events/event-log.js';
import { message } from '../rest/messages/messages.js';
import { type MatchedEvent, eventMatcherPolicyResult } from './event-matcher/event-matcher-policy-result.js';
import { EventMatcherPolicy } from './event-matcher/event-matcher-policy.entity.js';
import type { ExpressionPolicy } from './expression/expression-policy.entity.js';
import { passwordPolicyResult } from './password/password-policy-result.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { policyKinds } from './policy-kinds.js';
import type { PolicyResult } from './policy-result.js';
import { Policy } from './policy.entity.js';

/** A policy of a kind that is here. */
export type AnyPolicy = EventMatcherPolicy | ExpressionPolicy | PasswordPolicy;

/** Input of a policy evaluation. */
export interface PolicyRequest {
  /** Prompt responses by field key. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** Names and e-mail addresses of the user, for the strength check. */
  readonly personal: readonly string[];
  /** The pending or signed-in user. */
  readonly user?: { readonly pk: number } | undefined;
  /** The event of a notification rule. */
  readonly event?: MatchedEvent | undefined;
  /** Undefined to skip the strength check. */
  readonly strength: StrengthMeter | undefined;
}

/** Returns the result of a policy without writing an event. */
export async function resultOf(
  policy: AnyPolicy,
  { answers, personal, strength, event }: PolicyRequest,
): Promise<PolicyResult> {
  if (policy instanceof PasswordPolicy) return passwordPolicyResult(policy, answers, personal, strength);
  if (policy instanceof EventMatcherPolicy) return eventMatcherPolicyResult(policy, event);
  return { passing: false, messages: [message('policyNotEvaluated')], isUndecided: true };
}

/**
 * Evaluates a policy. Writes an event if the policy logs its executions, and at most one an hour for a policy that
 * cannot be evaluated: visitors must not be able to fill the event log.
 */
export async function evaluate(
  manager: EntityManager,
  policy: AnyPolicy,
  request: PolicyRequest,
): Promise<PolicyResult> {
  // Events keep what visitors are shown.
  const { isUndecided = false, reasons: _, ...result } = await resultOf(policy, request);
  const about = { policy: described(policy), ...(request.user !== undefined && { user: request.user.pk }) };
  if (isUndecided) {
    const context = { message: `Expression policy “${policy.name}” denies: ${notRun}`, ...about };
    await manager.query(
      `${insertEventsOf(eventFrom('policy_exception'))}
        where not exists (
          select from "event" earlier
           where earlier.action = 'policy_exception' and earlier.created > now() - interval '1 hour'
             and earlier.context -> 'policy' ->> 'pk' = $2)`,
      [context, policy.pk],
    );
  }
  if (policy.executionLogging) {
    const context = { message: 'Policy Execution', ...about, result };
    await manager.query(insertEventsOf(eventFrom('policy_execution')), [context]);
  }
  return isUndecided ? { ...result, isUndecided } : result;
}

/** Returns the policies with these keys; unknown keys are absent. */
export async function findPolicies(
  manager: EntityManager,
  keys: readonly string[],
): Promise<ReadonlyMap<string, AnyPolicy>> {
  if (keys.length === 0) return new Map();
  const policies = await manager
    .createQueryBuilder(Policy, 'policy')
    .where('policy.pk = any(:keys)', { keys })
    .getMany();
  return new Map(policies.map((policy) => [policy.pk, policy as AnyPolicy]));
}

const notRun = 'this service stores expressions and does not run them. Unbind the policy to open what it protects.';

function eventFrom(action: 'policy_exception' | 'policy_execution'): string {
  return `(values ('${action}', 'authentik.policies.process', $1::jsonb)) as event (action, app, context)`;
}

function described({ pk, name, kind }: AnyPolicy): Record<string, unknown> {
  const [app, model_name] = policyKinds[kind as keyof typeof policyKinds].model.split('.');
  return { app, model_name, pk, name };
}
