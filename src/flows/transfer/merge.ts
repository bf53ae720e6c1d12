type Json = Record<string, unknown>;

/**
 * Merges two mappings recursively: lists are concatenated, other values come from `over`
 * (management API, section 10: values of dict-valued identifiers are kept along with those of `attrs`).
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

/** Whether the value is a mapping. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
