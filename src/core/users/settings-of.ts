type Attributes = Readonly<Record<string, unknown>>;

/**
 * What attributes say under `settings`, laid over each other: the later one decides, and objects are merged key by key.
 *
 * @param layers attributes, the ones with the last word at the end
 */
export function settingsOf(layers: readonly Attributes[]): Record<string, unknown> {
  const settings = layers.map((attributes) => attributes['settings']).filter(isObject);
  return settings.reduce<Record<string, unknown>>((below, above) => merge(below, above), {});
}

function merge(below: Attributes, above: Attributes): Record<string, unknown> {
  const merged = Object.entries(above).map(([key, value]) => {
    const under = Object.hasOwn(below, key) ? below[key] : undefined;
    return [key, isObject(under) && isObject(value) ? merge(under, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(merged) };
}

function isObject(value: unknown): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
