import { readFileSync } from 'node:fs';

import { parse } from 'yaml';

/** The part of an OpenAPI schema that is needed to generate bodies. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** An operation of `schema.yml`. */
export interface Operation {
  /** Its `operationId`. */
  readonly id: string;
  readonly method: string;
  /** Relative to `/api/v3`, with `{parameters}`. */
  readonly path: string;
  /** Schema of the JSON body; undefined for an operation without one. */
  readonly body: Schema | undefined;
  /** Names of the query parameters. */
  readonly query: readonly string[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

const document = parse(readFileSync(new URL('../../schema.yml', import.meta.url), 'utf8')) as Document;

/** All operations of the document. */
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId: id, parameters = [], requestBody }]) => ({
    id,
    method: method.toUpperCase(),
    path: path.replace(/^\/api\/v3/, ''),
    body: requestBody?.content['application/json']?.schema,
    query: parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name),
  })),
);

/** Resolves a reference to its schema. */
export function resolved(schema: Schema): Schema {
  const [referenced] = schema.allOf ?? [];
  const reference = schema.$ref ?? referenced?.$ref;
  if (reference === undefined) return schema;
  return resolved(document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {});
}
