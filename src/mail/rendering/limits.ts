/** Limits on the content of a mail; `templating/limits.ts` limits the rendering work. */
export const limits = {
  /** Tags in HTML that is converted to text, which takes quadratic time. */
  tags: 10_000,
  /** Characters per value. */
  value: 65_536,
  /** Values per mail. */
  values: 5000,
  /** Nesting depth of values. */
  valueDepth: 8,
  /** Characters of a subject. */
  subject: 250,
  /** Warnings per mail. */
  warnings: 50,
} as const;
