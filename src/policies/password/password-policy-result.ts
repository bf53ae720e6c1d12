import type { StrengthMeter } from '../../core/passwords/password-strength.js';
import { type MessageOrText, message } from '../../rest/messages/messages.js';
import type { PolicyResult } from '../policy-result.js';
import type { PasswordPolicy } from './password-policy.entity.js';

/** The settings of a password policy that decide its result. */
export type PasswordPolicyRules = Omit<PasswordPolicy, 'pk' | 'created' | 'lastUpdated' | 'executionLogging' | 'name'>;

/**
 * Evaluates a password policy as authentik does: the first violated rule decides.
 *
 * @param answers prompt responses by field key
 * @param personal names and e-mail addresses of the user, which make a password weak
 * @param strength undefined to skip the strength check
 * @throws what `strength` throws
 */
export async function passwordPolicyResult(
  policy: PasswordPolicyRules,
  answers: Readonly<Record<string, unknown>>,
  personal: readonly string[],
  strength: StrengthMeter | undefined,
): Promise<PolicyResult> {
  const { passwordField: field } = policy;
  const value = Object.hasOwn(answers, field) ? answers[field] : undefined;
  const password = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (password === '') return refused(message('passwordMissing'));
  if (policy.checkStaticRules && !satisfiesStaticRules(policy, password)) {
    return refused(policy.errorMessage === '' ? message('passwordRefused') : { written: policy.errorMessage });
  }
  if (policy.checkZxcvbn && strength !== undefined) {
    if ((await strength(password, personal)) <= policy.zxcvbnScoreThreshold) return refused(message('passwordTooWeak'));
  }
  return { passing: true, messages: [] };
}

/** Only ASCII letters and digits count, as in authentik. The length is in code points. */
function satisfiesStaticRules(policy: PasswordPolicyRules, password: string): boolean {
  const characters = [...password];
  const symbols = new Set(policy.symbolCharset);
  const count = (pattern: RegExp): number => characters.filter((character) => pattern.test(character)).length;
  return (
    characters.length >= policy.lengthMin &&
    count(/^[0-9]$/) >= policy.amountDigits &&
    count(/^[a-z]$/) >= policy.amountLowercase &&
    count(/^[A-Z]$/) >= policy.amountUppercase &&
    characters.filter((character) => symbols.has(character)).length >= policy.amountSymbols
  );
}

function refused(problem: MessageOrText): PolicyResult {
  return { passing: false, messages: [problem] };
}
