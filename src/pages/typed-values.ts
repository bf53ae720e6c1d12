import type { FullChallenge } from '../flow-execution/executor-outcome.js';

/** Types of prompts whose values are not stored: secrets, files and values that the visitor did not type. */
const unstoredTypes = ['password', 'file', 'hidden', 'static', 'separator'];

/** Total characters of values that are stored in a session; longer values have to be typed again. */
const maxStoredCharacters = 10_000;

/**
 * Returns the values of a rejected response that its form may show again: no passwords, codes, files or long texts.
 *
 * @param answer the submitted values of the challenge
 */
export function storableValues(
  challenge: FullChallenge,
  response: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = new Set(storableNames(challenge));
  let left = maxStoredCharacters;
  return Object.fromEntries(
    Object.entries(response).filter(([name, value]) => {
      if (!names.has(name) || value.length > left) return false;
      left -= value.length;
      return true;
    }),
  );
}

function storableNames({ component, fields }: FullChallenge): readonly string[] {
  if (component === 'ak-stage-identification') return ['uid_field'];
  if (component !== 'ak-stage-prompt' || !Array.isArray(fields)) return [];
  const prompts = fields as readonly { readonly field_key: string; readonly type: string }[];
  return prompts.filter(({ type }) => !unstoredTypes.includes(type)).map(({ field_key: name }) => name);
}
