type Json = Record<string, unknown>;

/** What is written for people and their forms. */
const prose = ['summary', 'description', 'title', 'example', 'x-default'];

/** An OpenAPI 3.0 document, as far as it matters here. */
export interface Document {
  readonly paths: Record<string, Json>;
  readonly components: { readonly schemas: Json; readonly securitySchemes?: Json };
}

/** What a client depends on: names and types without prose. Operations by their id, the rest by name. */
export interface Contract {
  readonly securitySchemes: Json;
  readonly operations: Record<string, Json>;
  readonly schemas: Record<string, Json>;
}

/** The contract of the operations that are in scope, and of every schema that they reach. */
export function contractOf(
  { paths, components }: Document,
  inScope: (path: string, method: string) => boolean,
): Contract {
  const operations: Record<string, Json> = {};
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (!inScope(path, method)) continue;
      const { operationId, ...rest } = operation as Json & { operationId: string };
      operations[operationId] = operationOf(method, path, rest);
    }
  }
  return {
    securitySchemes: bare(components.securitySchemes ?? {}),
    operations: byName(operations),
    schemas: byName(reachable(operations, components.schemas)),
  };
}

/** Parameters stand under their place and name, responses under their status: the order of either means nothing. */
function operationOf(method: string, path: string, { parameters, ...rest }: Json): Json {
  const all = (parameters as Json[] | undefined) ?? [];
  const named = all.map(({ name, in: place, ...more }) => [`${String(place)} ${String(name)}`, bare(more)] as const);
  return { method: method.toUpperCase(), path, parameters: byName(Object.fromEntries(named)), ...bare(rest) };
}

function reachable(operations: Json, schemas: Json): Record<string, Json> {
  const found: Record<string, Json> = {};
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (name in found) continue;
      found[name] = bare(schemas[name] as Json);
      visit(found[name]);
    }
  };
  visit(operations);
  return found;
}

/**
 * A part of a document without its prose: keywords sorted, properties and enumerations in their order, and a lone
 * `allOf`, which only serves to say something beside a reference, dissolved.
 */
function bare(part: Json): Json {
  const told = Object.entries(part).filter(([keyword]) => !prose.includes(keyword));
  const { properties, required, allOf, ...keywords } = Object.fromEntries<unknown>(told);
  const [only, ...others] = (allOf as Json[] | undefined) ?? [];
  return byName({
    ...Object.fromEntries(Object.entries(keywords).map(([keyword, value]) => [keyword, inner(value)])),
    ...(only !== undefined && (others.length > 0 ? { allOf: [only, ...others].map(inner) } : bare(only))),
    ...(required !== undefined && {
      required: Array.isArray(required) ? [...(required as string[])].sort() : required,
    }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties as Json).map(([name, schema]) => [name, inner(schema)])),
    }),
  });
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner);
  return typeof value === 'object' && value !== null ? bare(value as Json) : value;
}

function byName<T>(object: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
