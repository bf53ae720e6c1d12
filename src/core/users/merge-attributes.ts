/** What is known of somebody under names: JSON values. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Lays attributes over others: the upper ones decide, and objects are merged key by key. */
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
