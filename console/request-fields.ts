import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Plugin } from 'vite';
import { parse } from 'yaml';

import type { Field, FieldKind } from './src/parts/form/field';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly description?: string;
  readonly example?: unknown;
  readonly nullable?: boolean;
  readonly writeOnly?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly default?: unknown;
  readonly 'x-default'?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const document = join(import.meta.dirname, '../schema.yml');
const moduleName = 'virtual:request-fields';

/**
 * The fields of all requests, from the API's document. They are read when the console is built, not when it runs: the
 * console's types come from the same document, a twentieth of it is enough, and the file can be cached for as long as it
 * is named.
 */
export function requestFields(): Plugin {
  return {
    name: 'request-fields',
    resolveId: (source) => (source === moduleName ? `\0${moduleName}` : undefined),
    async load(id) {
      if (id !== `\0${moduleName}`) return undefined;
      this.addWatchFile(document);
      const text = JSON.stringify(fieldsOf(parse(await readFile(document, 'utf8')) as Document));
      return `export const requestFields = JSON.parse(${JSON.stringify(text)});`;
    },
  };
}

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Returns the fields of each request that creates or changes an object. */
function fieldsOf({ components: { schemas } }: Document): Record<string, readonly Field[]> {
  const named = Object.entries(schemas).filter(
    ([name]) => /(?<!Response)Request$/.test(name) && !name.startsWith('Patched'),
  );
  return Object.fromEntries(
    named.map(([name, { properties = {}, required = [] }]) => [
      name,
      Object.entries(properties).map(([field, schema]) => fieldOf(field, schema, required.includes(field), schemas)),
    ]),
  );
}

function fieldOf(name: string, given: Schema, isRequired: boolean, schemas: Readonly<Record<string, Schema>>): Field {
  const resolved = (schema: Schema | undefined): Schema => {
    const reference = schema?.$ref ?? schema?.allOf?.[0]?.$ref;
    return { ...schemas[reference?.split('/').at(-1) ?? ''], ...schema };
  };
  const schema = resolved(given);
  const choices = schema.enum ?? resolved(schema.items).enum;
  const byDefault = schema['x-default'] ?? schema.default;
  return {
    name,
    kind: kindOf(schema, choices, resolved(schema.items)),
    help: schema.description ?? '',
    ...(isRequired && { isRequired }),
    ...(schema.nullable && { isNullable: true }),
    ...(schema.writeOnly && { isSecret: true }),
    ...(choices !== undefined && { choices }),
    ...(typeof schema.example === 'string' && schema.example !== '' && { example: schema.example }),
    ...(byDefault !== undefined && { byDefault }),
    ...limitsOf(schema),
  };
}

/** Numbers of 32 bits are no limit that a person would want to see. */
function limitsOf({ minimum, maximum, maxLength }: Schema): Pick<Field, 'minimum' | 'maximum' | 'maxLength'> {
  return {
    ...(minimum !== undefined && minimum > -2_147_483_648 && { minimum }),
    ...(maximum !== undefined && maximum < 2_147_483_647 && { maximum }),
    ...(maxLength !== undefined && { maxLength }),
  };
}

function kindOf(schema: Schema, choices: readonly string[] | undefined, items: Schema): FieldKind {
  if (schema.type === 'array') {
    if (choices !== undefined) return 'choices';
    if (items.type === 'object') return 'other';
    return items.format === 'uuid' || items.type === 'integer' ? 'keys' : 'texts';
  }
  if (choices !== undefined) return 'choice';
  if (schema.type === 'boolean' || schema.type === 'integer') return schema.type;
  if (schema.type === 'number') return 'integer';
  if (schema.type !== 'string') return 'json';
  const kinds: Readonly<Record<string, FieldKind>> = { uuid: 'key', 'date-time': 'time', binary: 'other' };
  return kinds[schema.format ?? ''] ?? 'text';
}
