import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import type { EntityManager } from 'typeorm';

import type { FieldMessages } from '../errors/validation-error.js';
import type { Coercion } from './coercions.js';

/** What a rule may look at besides the value: the database, and the object that is about to change. */
export interface RuleContext {
  readonly manager: EntityManager;
  /** The stored object (its entity), when one is being changed. */
  readonly current: object | undefined;
  /** Gives an injectable of the application. */
  readonly resolve: <T>(token: abstract new (...parameters: never[]) => T) => T;
}

/** A rule that needs more than the value: gives messages, or nothing when the value is fine. `raw` is what was sent. */
export type FieldRule = (value: never, context: RuleContext, raw: unknown) => Promise<FieldMessages | undefined>;

export interface FieldOptions {
  readonly description?: string;
  /** A value to try it out with. */
  readonly example?: string | number | boolean;
  readonly required?: boolean;
  /** What a client is told who leaves a required field out, instead of the usual. */
  readonly missing?: string;
  readonly nullable?: boolean;
  /** Told by the server, ignored in a request. */
  readonly readOnly?: boolean;
  /** Taken in a request, never told. */
  readonly writeOnly?: boolean;
  /** Read-only but not always there. */
  readonly sometimes?: boolean;
  readonly rules?: readonly FieldRule[];
}

/** What the declaration of a field leaves behind for the derived classes and for the body pipe. */
export interface FieldDeclaration {
  readonly options: FieldOptions;
  readonly schema: ApiPropertyOptions;
  /** Parts of the schema that only a request has, such as a minimum length. */
  readonly requestSchema: ApiPropertyOptions;
  /** Converts a value of a request. */
  readonly coercion: Coercion;
}

const declarationsKey = Symbol('field declarations');

/** The fields that a class declares, in the order in which they are declared. */
export function fieldsOf(target: object): ReadonlyMap<string, FieldDeclaration> {
  return (Reflect.getMetadata(declarationsKey, target) as Map<string, FieldDeclaration> | undefined) ?? new Map();
}

/** Records a declaration on a class, after those that are there. */
export function declareField(target: object, name: string, declaration: FieldDeclaration): void {
  Reflect.defineMetadata(declarationsKey, new Map([...fieldsOf(target), [name, declaration]]), target);
}

/**
 * The decorator behind every field decorator: documents the field, converts what a request holds, and refuses what
 * `coercion` refuses. One line in a class says all there is to say of a field.
 */
export function field(
  schema: ApiPropertyOptions,
  coercion: Coercion,
  options: FieldOptions,
  requestSchema: ApiPropertyOptions = {},
): PropertyDecorator {
  const documented = {
    ...schema,
    ...(options.description !== undefined && { description: options.description }),
    ...(options.example !== undefined && { example: options.example }),
    ...(options.nullable && { nullable: true }),
    ...(options.readOnly && { readOnly: true }),
    ...(options.writeOnly && { writeOnly: true }),
    required: options.required ?? false,
  } as ApiPropertyOptions;
  return (target, key) => {
    const name = String(key);
    declareField(target.constructor, name, { options, schema: documented, requestSchema, coercion });
    ApiProperty(documented)(target, key);
  };
}
