import type { FullChallenge } from '../flow-execution/executor-answer.js';

/** Types of prompts whose values are secrets, files, or none of the visitor's business. */
const unkept = ['password', 'file', 'hidden', 'static', 'separator'];

/** Characters that are kept in a session; what is longer must be typed again. */
const mostKept = 10_000;

/**
 * What of a rejected answer may be shown again in its form: never a password, a code or a file, and no long texts.
 *
 * @param answer what was sent for the fields of the challenge
 */
export function keepable(
  challenge: FullChallenge,
  answer: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = new Set(keepableNames(challenge));
  let left = mostKept;
  return Object.fromEntries(
    Object.entries(answer).filter(([name, value]) => {
      if (!names.has(name) || value.length > left) return false;
      left -= value.length;
      return true;
    }),
  );
}

function keepableNames({ component, fields }: FullChallenge): readonly string[] {
  if (component === 'ak-stage-identification') return ['uid_field'];
  if (component !== 'ak-stage-prompt' || !Array.isArray(fields)) return [];
  const prompts = fields as readonly { readonly field_key: string; readonly type: string }[];
  return prompts.filter(({ type }) => !unkept.includes(type)).map(({ field_key: name }) => name);
}
