type Json = Record<string, unknown>;
type Schemas = Readonly<Record<string, Json>>;

/** Examples of values whose type says enough. */
const byFormat: Readonly<Record<string, string>> = {
  uuid: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90',
  'date-time': '2026-11-28T12:00:00Z',
  email: 'jane@example.org',
  binary: 'background.png',
};

/**
 * Completes a document with examples: of each property, derived from its type where its decorator gives none, and of each
 * JSON body, with the required properties and those whose decorator gives an example.
 */
export function addExamples(paths: Readonly<Record<string, Json>>, schemas: Schemas): void {
  for (const operations of Object.values(paths)) {
    for (const { requestBody } of Object.values(operations) as Json[]) {
      const content = (requestBody as { content?: Record<string, Json> } | undefined)?.content?.['application/json'];
      if (content !== undefined) content['example'] = bodyExample(content['schema'] as Json, schemas);
    }
  }
  for (const [name, schema] of Object.entries(schemas)) {
    if (Array.isArray(schema['enum'])) schema['example'] ??= schema['enum'][0] as unknown;
    for (const [property, value] of propertiesOf(schema)) {
      if (!('$ref' in value)) value['example'] ??= valueExample(value, property, name, schemas);
    }
  }
}

/** Returns an example of a body: its required properties, and those with an example of their own. */
function bodyExample(schema: Json, schemas: Schemas): unknown {
  const [name, target] = resolve(schema, schemas);
  if (target['type'] === 'array') return [bodyExample(target['items'] as Json, schemas)];
  if (Array.isArray(target['oneOf'])) return bodyExample(target['oneOf'][0] as Json, schemas);
  const required = (target['required'] as string[] | undefined) ?? [];
  const shown = propertiesOf(target).filter(
    ([property, value]) => required.includes(property) || value['example'] !== undefined || property === 'name',
  );
  const entries = shown.map(([property, value]) => [property, valueExample(value, property, name, schemas)]);
  return Object.fromEntries(entries) as Json;
}

/** Returns an example of a value; undefined for text of which nothing is known. */
function valueExample(value: Json, property: string, owner: string, schemas: Schemas): unknown {
  const [name, schema] = resolve(value, schemas);
  if (value['example'] === null) return null;
  const given = value['example'] ?? schema['example'] ?? value['default'] ?? schema['default'];
  if (given !== undefined) return given;
  if (Array.isArray(schema['enum'])) return schema['enum'][0] as unknown;
  switch (schema['type']) {
    case 'array':
      return [valueExample(schema['items'] as Json, property, owner, schemas)];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return Math.max(0, Number(schema['minimum'] ?? 0));
    case 'object': {
      const entries = propertiesOf(schema).map(([key, inner]) => [key, valueExample(inner, key, name, schemas)]);
      return Object.fromEntries(entries) as Json;
    }
    case 'string':
      return (
        byFormat[String(schema['format'])] ??
        (property === 'name' ? nounOf(owner) : value['nullable'] === true ? null : undefined)
      );
    default:
      return {};
  }
}

/** Follows a reference, alone or beside a description. Returns the name of the schema too; empty for an inline one. */
function resolve(schema: Json, schemas: Schemas): [name: string, schema: Json] {
  const [only] = (schema['allOf'] as Json[] | undefined) ?? [];
  const { $ref } = (only ?? schema) as { $ref?: string };
  const name = $ref?.split('/').at(-1) ?? '';
  return name === '' ? ['', schema] : [name, schemas[name] ?? {}];
}

function propertiesOf(schema: Json): [string, Json][] {
  return Object.entries((schema['properties'] as Record<string, Json> | undefined) ?? {});
}

/** Returns the words of a schema's name: `email stage` for `PatchedEmailStageRequest`. */
function nounOf(schemaName: string): string {
  const words = schemaName.replace(/^Patched|(Detail)?(Request)?$/g, '').split(/(?=[A-Z])/);
  return words.join(' ').toLowerCase();
}
