import type { INestApplication } from '@nestjs/common';
import { type ApiPropertyOptions, DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

import { addExamples } from './examples.js';
import { schemaName } from './paginated.js';
import { webhookItems, type WebhookOperation } from './webhooks.js';

type Json = Record<string, unknown>;

/** A schema, as far as filters are described from it. */
interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
type Schemas = Readonly<Record<string, Schema>>;

/** Order of the methods of a path in the document. */
const methodOrder = ['delete', 'get', 'patch', 'post', 'put'];

/** Schemas of objects that have more than the declared properties: one for each field of a form. */
const open = ['ValidationError', 'PromptChallengeResponseRequest'];

/** Placeholder for "any JSON value", which decorators cannot express; removed from the document. */
export const anyValue = { type: 'any' } as unknown as ApiPropertyOptions;

/** A union of schemas, with a discriminator property whose default each member declares. */
export interface SchemaUnion {
  readonly name: string;
  readonly property: string;
  readonly members: readonly (abstract new () => object)[];
}

/**
 * Builds the OpenAPI document from the decorators, with the structure and names of authentik's document, sorted, so that
 * the result is deterministic.
 */
export function openApiDocument(
  app: INestApplication,
  prefix: string,
  unions: readonly SchemaUnion[],
  webhooks: readonly WebhookOperation[],
): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.0.3')
    .setTitle('email-stage')
    .setDescription(
      "Email verification for sign-up, recovery and sign-in flows. Speaks the API of authentik 2024.12: authentik's " +
        'clients work unchanged.',
    )
    .setVersion('2024.12.3')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(prefix)
    .addSecurity('authentik', { type: 'http', scheme: 'bearer' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [
      ...unions.flatMap(({ members }) => members as (new () => object)[]),
      ...webhooks.map(({ body }) => body),
    ],
  });
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith(`${prefix}/`));
  const tidy = {
    openapi: document.openapi,
    info: { ...document.info, contact: undefined },
    servers: document.servers,
    paths: sorted(Object.fromEntries(paths.map(([path, item]) => [pathOf(path, prefix), operations(item as Json)]))),
    'x-webhooks': webhookItems(webhooks),
    components: {
      schemas: schemas(document.components?.schemas ?? {}, unions),
      securitySchemes: document.components?.securitySchemes,
    },
  };
  // Through JSON: drops undefined values, and shared objects, which YAML would write as aliases.
  const complete = JSON.parse(JSON.stringify(tidy), rename) as OpenAPIObject;
  const known = complete.components?.schemas ?? {};
  describeFilters(complete, known);
  addExamples(complete.paths as Record<string, Json>, known as Record<string, Json>);
  return complete;
}

/**
 * Returns the document as Swagger UI shows it: operations are grouped by the first two segments of their path. The
 * document that clients are generated from keeps authentik's tags, because they name the classes of a client.
 */
export function groupedByPath(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const tags = [path.split('/').slice(1, 3).join('/').replace(/\/$/, '')];
    const operations = Object.entries(item as Json).map(([method, operation]) => [
      method,
      { ...(operation as Json), tags },
    ]);
    return [path, Object.fromEntries(operations) as Json] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

/** Describes each filter of a list like the property that it compares, unless it has a description of its own. */
function describeFilters({ paths }: OpenAPIObject, known: Schemas): void {
  for (const { get } of Object.values(paths)) {
    const properties = rowOf(get?.responses['200'], known)?.properties ?? {};
    for (const filter of (get?.parameters ?? []) as { name: string; description?: string }[]) {
      const property = properties[filter.name] ?? (filter.name.endsWith('_uuid') ? properties['pk'] : undefined);
      if (property?.description !== undefined) filter.description ??= property.description;
    }
  }
}

/** Returns the schema of a row, from the response of a list; undefined for other responses. */
function rowOf(response: unknown, known: Schemas): Schema | undefined {
  const { content } = (response ?? {}) as { content?: Record<string, { schema?: Schema }> };
  const named = (schema: Schema | undefined): Schema | undefined => known[schema?.$ref?.split('/').at(-1) ?? ''];
  return named(named(content?.['application/json']?.schema)?.properties?.['results']?.items);
}

/** Removes the prefix, which is part of the server URL, and adds a slash at the end. */
function pathOf(path: string, prefix: string): string {
  return `${path.slice(prefix.length).replace(/\/$/, '')}/`;
}

function operations(item: Json): Json {
  const known = methodOrder.filter((method) => item[method] !== undefined);
  return Object.fromEntries(known.map((method) => [method, operation(method, item[method] as Json)]));
}

function operation(method: string, { summary: _, description, operationId, ...rest }: Json): Json {
  const { parameters, requestBody, ...others } = rest;
  const body = requestBody as Json | undefined;
  // The body of a PATCH is optional; `required: false` is the default.
  const isOptional = method === 'patch' || body?.['required'] === false;
  // The first sentence is the summary beside the path; the rest is the description.
  const [summary, ...more] = String(description).split(/(?<=\.)\s+/);
  const all = [...((parameters as Json[] | undefined) ?? [])];
  const isAddition = (each: Json): number => ('x-addition' in each ? 1 : 0);
  const byName = (a: Json, b: Json): number => String(a['name']).localeCompare(String(b['name']), 'en');
  // After authentik's, because generated clients may take parameters by position.
  all.sort((a, b) => isAddition(a) - isAddition(b) || byName(a, b));
  return {
    summary: summary?.replace(/\.$/, ''),
    description: more.length > 0 ? more.join(' ') : undefined,
    operationId,
    ...(all.length > 0 && { parameters: all.map(parameter) }),
    requestBody: body && isOptional ? { ...body, required: undefined } : body,
    ...others,
  };
}

function parameter({ name, in: place, description, required, schema }: Json): Json {
  return {
    name,
    in: place,
    description,
    required: required ?? false,
    schema,
  };
}

function schemas(all: Json, unions: readonly SchemaUnion[]): Json {
  const tidied = Object.entries(all).map(([className, schema]) => {
    const name = schemaName(className);
    return [name, schemaOf(name, schema as Json)];
  });
  const known = Object.fromEntries(tidied) as Json;
  return sorted({ ...known, ...Object.fromEntries(unions.map((union) => [union.name, unionOf(union, known)])) });
}

function unionOf({ property, members }: SchemaUnion, known: Json): Json {
  const names = [...new Set(members.map(({ name }) => schemaName(name)))].sort();
  const mapping = names.map((name) => {
    const { properties } = known[name] as { properties: Record<string, Json> };
    return [String(properties[property]?.['default']), reference(name)];
  });
  return {
    oneOf: names.map((name) => ({ $ref: reference(name) })),
    discriminator: { propertyName: property, mapping: Object.fromEntries(mapping) as Json },
  };
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

function schemaOf(name: string, { required, ...schema }: Json): Json {
  const names = [...((required as string[] | undefined) ?? [])].sort();
  return {
    ...schema,
    ...(names.length > 0 && { required: names }),
    ...(open.includes(name) && { additionalProperties: {} }),
  };
}

/** Renames references to schemas, unwraps a single `allOf`, and removes the type of "any JSON value". */
function rename(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ((value as Json)['type'] === 'any') return { ...value, type: undefined };
  const { $ref, allOf, ...others } = value as { $ref?: string; allOf?: { $ref?: string }[] };
  if ($ref !== undefined) return { $ref: schemaName($ref) };
  if (allOf?.length === 1 && Object.keys(others).length === 0) return allOf[0];
  return value;
}

function sorted(object: Json): Json {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
