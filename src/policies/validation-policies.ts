import type { EntityManager } from 'typeorm';

import type { StrengthMeter } from '../core/passwords/password-strength.js';
import type { MessageOrText } from '../rest/messages/messages.js';
import { PasswordPolicy } from './password/password-policy.entity.js';
import { evaluate, type PolicyRequest } from './policy-evaluation.js';
import { PromptStagePolicy } from './prompt-stage-policy.entity.js';

/**
 * Evaluates the policies of a prompt stage for the answers to its form; all of them must pass. Those that check the
 * strength come last, and check it only if no other policy fails.
 *
 * @param isAsked leaves out policies, by the key of the answer that they look at
 * @returns the messages of the policies that fail
 * @throws the errors of the meter in the request
 */
export async function validationProblems(
  manager: EntityManager,
  stage: string,
  request: PolicyRequest,
  isAsked: (field: string) => boolean,
): Promise<MessageOrText[]> {
  const policies = await manager
    .createQueryBuilder(PasswordPolicy, 'policy')
    .innerJoin(PromptStagePolicy, 'asked', 'asked.policyId = policy.pk and asked.stageId = :stage', { stage })
    .orderBy('policy.checkZxcvbn')
    .addOrderBy('policy.name')
    .getMany();
  const messages = new Map<string, MessageOrText>();
  for (const policy of policies.filter(({ passwordField }) => isAsked(passwordField))) {
    const strength = messages.size === 0 ? request.strength : undefined;
    const result = await evaluate(manager, policy, { ...request, strength });
    // Several policies may have the same message.
    if (!result.passing) for (const each of result.messages) messages.set(JSON.stringify(each), each);
  }
  return [...messages.values()];
}

/** Name of the shipped policy, which counts for passwords that are set outside of flows too. */
const defaultPolicy = 'default-password-policy';

/** Evaluates the shipped policy, unless it was deleted. */
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
