/** Attributes of a user or group: JSON values by name. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Merges attributes recursively; `above` takes precedence. */
export function mergeAttributes(below: Attributes, above: Attributes): Record<string, unknown> {
  const merged = Object.entries(above).map(([key, value]) => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isAttributes(under) && isAttributes(value) ? mergeAttributes(under, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(merged) };
}

export function isAttributes(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
