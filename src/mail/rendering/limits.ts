/** What rendering one mail may cost. A template or data that wants more ends in a `TemplateError`. */
export const limits = {
  /** Milliseconds of work for all parts of one mail; time spent waiting does not count. */
  time: 1000,
  /** Milliseconds of work after which everything else in the process gets its turn. */
  turn: 10,
  /** Characters of one part. */
  output: 1_000_000,
  /** Characters that filters and tags may produce on the way to one mail. */
  produced: 20_000_000,
  /** Tags in HTML that a text is made of: the time that takes grows with their square. */
  tags: 10_000,
  /** Bytes of one template file. */
  template: 256 * 1024,
  /** Bytes of a logo. */
  logo: 256 * 1024,
  /** How deep templates may include and extend each other. */
  depth: 20,
  /** Compiled templates that are kept. */
  compiled: 200,
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
