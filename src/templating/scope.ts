/** What a template can read: objects without a prototype, arrays, text, numbers, booleans, dates, null. */
export type Scope = Record<string, unknown>;

/** An object that holds nothing at all, not even what every object inherits. */
export function emptyScope(): Scope {
  return Object.create(null) as Scope;
}

/** A moment given as such or as ISO 8601 with a time of day; undefined for anything else. */
export function readMoment(value: unknown): Date | undefined {
  const isText = typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value);
  if (!isText && !(value instanceof Date)) return undefined;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** The same values as a template can read them: objects without what they inherit, `undefined` left out. */
export function readable(value: object): Scope {
  const scope = emptyScope();
  for (const [name, item] of Object.entries(value)) if (item !== undefined) scope[name] = copied(item);
  return scope;
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  return typeof value === 'object' && value !== null && !(value instanceof Date) ? readable(value) : value;
}
