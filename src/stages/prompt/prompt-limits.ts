import { known, type PromptData } from './prompt-form.js';
import type { PromptType } from './prompt-types.js';

/** Characters that the columns of a user hold, by the field key that is written to them. */
const columns: PromptData = { username: 150, name: 255, email: 254 };

/** Characters that an answer of a type can have. A file is a data URI: about 375 kB in base64. */
const types: Partial<Record<PromptType, number>> = { username: 150, password: 1_024, text_area: 10_000, file: 500_000 };
const otherwise = 1_000;

/** Characters that all answers of a run can have together. */
const allAnswers = 600_000;

/** The most characters that an answer to a field can have: the fewest of what its column and its type hold. */
export function longestOf({ type, fieldKey }: { readonly type: PromptType; readonly fieldKey: string }): number {
  return Math.min(Number(known(columns, fieldKey) ?? Infinity), types[type] ?? otherwise);
}

/**
 * The first new value with which the answers of the run become too long, and how many characters were left for it.
 *
 * @param data the answers of earlier forms
 */
export function firstTooLong(
  data: PromptData,
  values: readonly (readonly [string, unknown])[],
): { readonly key: string; readonly left: number } | undefined {
  const replaced = new Set(values.map(([key]) => key));
  let left = allAnswers;
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
