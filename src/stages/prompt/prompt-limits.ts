import { known, type PromptData } from './prompt-form.js';
import type { PromptType } from './prompt-types.js';

/** Characters that the columns of a user hold, by the field key that is written to them. */
const columns: PromptData = { username: 150, name: 255, email: 254 };

/** Characters that an answer of a type can have. A file is a data URI: about 375 kB in base64. */
const types: Partial<Record<PromptType, number>> = { username: 150, text_area: 10_000, file: 500_000 };
const otherwise = 1_000;

/** Characters of JSON that all attributes of a run can have together. */
const allAttributes = 600_000;

/** The most characters that an answer to a field can have: the fewest of what its column and its type hold. */
export function longestOf({ type, fieldKey }: { readonly type: PromptType; readonly fieldKey: string }): number {
  return Math.min(Number(known(columns, fieldKey) ?? Infinity), types[type] ?? otherwise);
}

/**
 * The first new value with which the attributes of the run become too long, and how many characters were left for it.
 *
 * @param data the answers of earlier forms
 */
export function firstTooLong(
  data: PromptData,
  values: readonly (readonly [string, unknown])[],
): { readonly key: string; readonly left: number } | undefined {
  const replaced = new Set(values.map(([key]) => key));
  let left = allAttributes;
  for (const [key, value] of Object.entries(data)) if (!replaced.has(key)) left -= sizeOf(key, value);
  for (const [key, value] of values) {
    if (sizeOf(key, value) > left) return { key, left: Math.max(0, left) };
    left -= sizeOf(key, value);
  }
  return undefined;
}

function sizeOf(key: string, value: unknown): number {
  return key.startsWith('attributes') ? JSON.stringify(value ?? null).length : 0;
}
