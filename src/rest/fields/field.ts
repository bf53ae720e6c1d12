import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import type { EntityManager } from 'typeorm';

import type { FieldMessage, FieldMessages } from '../errors/validation-error.js';
import type { Coercion } from './coercions.js';

/** What a rule can use in addition to the value. */
export interface RuleContext {
  readonly manager: EntityManager;
  /** The stored entity, if one is being changed. */
  readonly current: object | undefined;
  /** Returns a provider of the application. */
  readonly resolve: <T>(token: abstract new (...parameters: never[]) => T) => T;
}

/** A rule that needs more than the value. Returns messages, or undefined if the value is valid. `raw` is the sent value. */
export type FieldRule = (value: never, context: RuleContext, raw: unknown) => Promise<FieldMessages | undefined>;

export interface FieldOptions {
  readonly description?: string;
  /** Example value for the documentation. */
  readonly example?: string | number | boolean | null | readonly string[];
  readonly required?: boolean;
  /** Custom "required" message. */
  readonly missing?: FieldMessage;
  readonly nullable?: boolean;
  /** In responses only; ignored in requests. */
  readonly readOnly?: boolean;
  /** A number of minutes: files may write a duration, such as `minutes=30`. */
  readonly isMinutes?: true;
  /** In requests only; never in responses. */
  readonly writeOnly?: boolean;
  /** Read-only and optional in responses. */
  readonly sometimes?: boolean;
  readonly rules?: readonly FieldRule[];
  /** Rules of PATCH, if they differ. */
  readonly patchRules?: readonly FieldRule[];
  /** authentik does not have it: last among the parameters in the document, for clients with positional arguments. */
  readonly isAddition?: boolean;
}

/** A field's declaration, as derived classes and the request pipe use it. */
export interface FieldDeclaration {
  readonly options: FieldOptions;
  readonly schema: ApiPropertyOptions;
  /** Additions to the schema in requests, such as a minimum length. */
  readonly requestSchema: ApiPropertyOptions;
  /** Converts a value of a request. */
  readonly coercion: Coercion;
}

const declarationsKey = Symbol('field declarations');

/** Returns the declared fields of a class, in order of declaration. */
export function fieldsOf(target: object): ReadonlyMap<string, FieldDeclaration> {
  return (Reflect.getMetadata(declarationsKey, target) as Map<string, FieldDeclaration> | undefined) ?? new Map();
}

/** Adds a declaration to a class, after the existing ones. */
export function declareField(target: object, name: string, declaration: FieldDeclaration): void {
  Reflect.defineMetadata(declarationsKey, new Map([...fieldsOf(target), [name, declaration]]), target);
}

/** The decorator behind every field decorator: documents the field, and converts and validates its value in requests. */
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
    ...(options.isAddition && { 'x-addition': true }),
    required: options.required ?? false,
  } as ApiPropertyOptions;
  return (target, key) => {
    const name = String(key);
    declareField(target.constructor, name, { options, schema: documented, requestSchema, coercion });
    ApiProperty(documented)(target, key);
  };
}
