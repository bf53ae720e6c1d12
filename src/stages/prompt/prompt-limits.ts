import { ownValue, type PromptData } from './prompt-form.js';
import type { PromptType } from './prompt-types.js';

/** Maximum length of values that become columns of a user, keyed by field. */
const columnLimits: PromptData = { username: 150, name: 255, email: 254 };

/** Maximum length by type. A file is a data URI: about 375 kB in base64. */
const typeLimits: Partial<Record<PromptType, number>> = {
  username: 150,
  password: 1_024,
  text_area: 10_000,
  file: 500_000,
};
const defaultLimit = 1_000;

/** Maximum length of all values of a run together. */
const totalLimit = 600_000;

/** Returns the maximum length of a field's value in characters: the lower limit of its column and its type. */
export function maxLengthOf({ type, fieldKey }: { readonly type: PromptType; readonly fieldKey: string }): number {
  return Math.min(Number(ownValue(columnLimits, fieldKey) ?? Infinity), typeLimits[type] ?? defaultLimit);
}

/**
 * Returns the first new value that exceeds the limit for all values of the run, and the characters left for it.
 *
 * @param data responses to earlier forms
 */
export function firstTooLong(
  data: PromptData,
  values: readonly (readonly [string, unknown])[],
): { readonly key: string; readonly left: number } | undefined {
  const replaced = new Set(values.map(([key]) => key));
  let left = totalLimit;
  for (const [key, value] of Object.entries(data)) if (!replaced.has(key)) left -= sizeOf(value);
  for (const [key, value] of values) {
    if (sizeOf(value) > left) return { key, left: Math.max(0, left) };
    left -= sizeOf(value);
  }
  return undefined;
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length : JSON.stringify(value ?? null).length;
}
