/** The values that a template can read: objects without a prototype, arrays, strings, numbers, booleans, dates, null. */
export type Scope = Record<string | symbol, unknown>;

/** Key of the text of a mapping, which a template gets where it writes the mapping itself. */
export const ownText = Symbol('own text');

/** Returns an empty object without a prototype. */
export function emptyScope(): Scope {
  return Object.create(null) as Scope;
}

/** Parses a `Date`, or ISO 8601 text with a time of day; undefined for anything else. */
export function readMoment(value: unknown): Date | undefined {
  const isText = typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value);
  if (!isText && !(value instanceof Date)) return undefined;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** Deep copy for templates: objects without a prototype, `undefined` left out. */
export function readable(value: object): Scope {
  const scope = emptyScope();
  for (const [name, item] of Object.entries(value)) if (item !== undefined) scope[name] = copied(item);
  return scope;
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? readable(value) : value;
}
