type Json = Record<string, unknown>;

/**
 * Puts one mapping over another: mappings in both are merged, lists are joined, anything else is taken from `over`
 * (management API, section 10: values of dict-valued identifiers are kept beside those of `attrs`).
 */
export function merge(base: Json, over: Json): Json {
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) merged.set(key, mergeValues(merged.get(key), value));
  return Object.fromEntries(merged);
}

function mergeValues(base: unknown, over: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(over)) return [...(base as unknown[]), ...(over as unknown[])];
  return isJson(base) && isJson(over) ? merge(base, over) : over;
}

/** Whether this is a mapping, and no list. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
