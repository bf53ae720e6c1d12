import type { EntityManager } from 'typeorm';

import type { StrengthMeter } from '../core/passwords/password-strength.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { type AnyPolicy, evaluate, type PolicyRequest } from './policy-evaluation.js';
import { Policy } from './policy.entity.js';
import { PromptStagePolicy } from './prompt-stage-policy.entity.js';

/**
 * Evaluates the policies of a prompt stage for the submitted form; all of them must pass. Policies that check password
 * strength run last, and check it only if no other policy failed.
 *
 * @param hasField whether the form has the field that a policy checks; policies for other fields are skipped
 * @returns the messages of the failed policies
 * @throws what `request.strength` throws
 */
export async function validationProblems(
  manager: EntityManager,
  stage: string,
  request: PolicyRequest,
  hasField: (field: string) => boolean,
): Promise<MessageOrText[]> {
  const policies = (await manager
    .createQueryBuilder(Policy, 'policy')
    .innerJoin(PromptStagePolicy, 'link', 'link.policyId = policy.pk and link.stageId = :stage', { stage })
    .orderBy('policy.name')
    .getMany()) as AnyPolicy[];
  const messages = new Map<string, MessageOrText>();
  for (const policy of [...policies.filter(isCheap), ...policies.filter((each) => !isCheap(each))]) {
    if (policy instanceof PasswordPolicy && !hasField(policy.passwordField)) continue;
    const strength = messages.size === 0 ? request.strength : undefined;
    const result = await evaluate(manager, policy, { ...request, strength });
    // Deduplicated: several policies may have the same message.
    if (!result.passing) for (const each of result.messages) messages.set(JSON.stringify(each), each);
  }
  return [...messages.values()];
}

function isCheap(policy: AnyPolicy): boolean {
  return !(policy instanceof PasswordPolicy && policy.checkZxcvbn);
}

/** Name of the shipped policy. It also applies to passwords that are set outside of flows. */
const defaultPolicy = 'default-password-policy';

/** Returns the messages of the shipped policy for a password; none if the policy was deleted. */
export async function defaultPolicyProblems(
  manager: EntityManager,
  password: string,
  personal: readonly string[],
  strength: StrengthMeter,
): Promise<readonly MessageOrText[]> {
  const policy = await manager.findOneBy(PasswordPolicy, { name: defaultPolicy });
  if (policy === null) return [];
  const result = await evaluate(manager, policy, { answers: { [policy.passwordField]: password }, personal, strength });
  return result.passing ? [] : result.messages;
}
