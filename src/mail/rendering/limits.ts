/** What a mail may hold, besides what rendering may cost (`templating/limits.ts`). */
export const limits = {
  /** Tags in HTML that a text is made of: the time that takes grows with their square. */
  tags: 10_000,
  /** Bytes of a logo. */
  logo: 256 * 1024,
  /** Characters of one value. */
  value: 65_536,
  /** Values in one mail. */
  values: 5000,
  /** How deep values may hold each other. */
  valueDepth: 8,
  /** Characters of a subject. */
  subject: 250,
  /** Warnings that are told about one mail. */
  warnings: 50,
} as const;
