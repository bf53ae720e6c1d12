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
  const unmet = policy.checkStaticRules ? unmetRules(policy, password) : [];
  if (unmet.length > 0) {
    return refused(policy.errorMessage === '' ? message('passwordRefused') : { written: policy.errorMessage }, unmet);
  }
  if (policy.checkZxcvbn && strength !== undefined) {
    const { zxcvbnScoreThreshold: threshold } = policy;
    const score = await strength(password, personal);
    if (score <= threshold) {
      return refused(message('passwordTooWeak'), [
        `strength ${score} is not above zxcvbn_score_threshold ${threshold}`,
      ]);
    }
  }
  return { passing: true, messages: [] };
}

/**
 * Returns the rules that a password violates, by the names of their fields, and no part of the password. Only ASCII
 * letters and digits count, as in authentik. The length is in code points.
 */
function unmetRules(policy: PasswordPolicyRules, password: string): string[] {
  const characters = [...password];
  const symbols = new Set(policy.symbolCharset);
  const count = (pattern: RegExp): number => characters.filter((character) => pattern.test(character)).length;
  const rules = [
    ['length_min', policy.lengthMin, characters.length],
    ['amount_digits', policy.amountDigits, count(/^[0-9]$/)],
    ['amount_lowercase', policy.amountLowercase, count(/^[a-z]$/)],
    ['amount_uppercase', policy.amountUppercase, count(/^[A-Z]$/)],
    ['amount_symbols', policy.amountSymbols, characters.filter((character) => symbols.has(character)).length],
  ] as const;
  return rules.filter(([, least, found]) => found < least).map(([name, least]) => `${name} ${least} is not met`);
}

function refused(problem: MessageOrText, reasons: readonly string[] = []): PolicyResult {
  return { passing: false, messages: [problem], reasons };
}
