/** What rendering one mail or page may cost. A template that wants more ends in a `TemplateError`. */
export const limits = {
  /** Milliseconds of work for all parts of it; time spent waiting does not count. */
  time: 1000,
  /** Milliseconds of work after which everything else in the process gets its turn. */
  turn: 10,
  /** Characters of one part. */
  output: 1_000_000,
  /** Characters that filters and tags may produce on the way. */
  produced: 20_000_000,
  /** Bytes of one template file. */
  template: 256 * 1024,
  /** How deep templates may include and extend each other. */
  depth: 20,
  /** Compiled templates that are kept. */
  compiled: 200,
} as const;
