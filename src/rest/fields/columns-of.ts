/**
 * What a request holds, under the names of the entity's properties: `use_tls` is `useTls`. Fields that were not given
 * are not there, so that an update touches just what the client named.
 */
export function columnsOf<T>(request: object): Partial<T> {
  const given = Object.entries(request).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [camelCase(name), value as unknown])) as Partial<T>;
}

/** Returns the property of a field: `useTls` of `use_tls`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
