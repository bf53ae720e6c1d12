import type { EntityManager } from 'typeorm';

import { PasswordPolicy } from './password/password-policy.entity.js';
import { evaluate, type PolicyRequest } from './policy-evaluation.js';
import { PromptStagePolicy } from './prompt-stage-policy.entity.js';

/**
 * Asks the policies of a prompt stage about the answers to its form; all of them have to pass.
 *
 * @param isAsked leaves out policies, by the key of the answer that they look at
 * @returns what the policies that do not pass say
 */
export async function validationProblems(
  manager: EntityManager,
  stage: string,
  request: PolicyRequest,
  isAsked: (field: string) => boolean,
): Promise<string[]> {
  const policies = await manager
    .createQueryBuilder(PasswordPolicy, 'policy')
    .innerJoin(PromptStagePolicy, 'asked', 'asked.policyId = policy.pk and asked.stageId = :stage', { stage })
    .orderBy('policy.name')
    .getMany();
  const messages: string[] = [];
  for (const policy of policies.filter(({ passwordField }) => isAsked(passwordField))) {
    const result = await evaluate(manager, policy, request);
    if (!result.passing) messages.push(...result.messages);
  }
  return [...new Set(messages)];
}

/** Name of the policy that comes with the service, and that counts for passwords that are set outside of flows. */
const defaultPolicy = 'default-password-policy';

/** Asks the policy that comes with the service, if it is still there. */
export async function defaultPolicyProblems(
  manager: EntityManager,
  password: string,
  personal: readonly string[],
): Promise<readonly string[]> {
  const policy = await manager.findOneBy(PasswordPolicy, { name: defaultPolicy });
  if (policy === null) return [];
  const result = await evaluate(manager, policy, { answers: { [policy.passwordField]: password }, personal });
  return result.passing ? [] : result.messages;
}
