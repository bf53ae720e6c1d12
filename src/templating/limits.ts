/** Limits of rendering one mail or page. A template that exceeds one fails with a `TemplateError`. */
export const limits = {
  /** Milliseconds of CPU work for all parts; time spent waiting does not count. */
  time: 1000,
  /** Milliseconds of work after which rendering yields to the event loop. */
  turn: 10,
  /** Characters of output per part. */
  output: 1_000_000,
  /** Characters that filters and tags may produce in between. */
  produced: 20_000_000,
  /** Bytes of one template file. */
  template: 256 * 1024,
  /** Nesting of `include` and `extends`. */
  depth: 20,
  /** Compiled templates in the cache. */
  compiled: 200,
} as const;
