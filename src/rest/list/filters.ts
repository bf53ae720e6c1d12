import type { ApiPropertyOptions } from '@nestjs/swagger';
import type { EntityTarget, ObjectLiteral } from 'typeorm';

import { asciiDigits, type Coercion, dateTime, Rejection } from '../fields/coercions.js';
import { field, type FieldOptions, type FieldRule } from '../fields/field.js';
import { pythonTrim } from '../fields/python-text.js';
import { parseUuid } from '../fields/uuid.js';
import { message } from '../messages/messages.js';
import { containing } from './like-pattern.js';
import { type Condition, declareCondition } from './list-query.js';

export interface FilterOptions {
  /** The compared property (`alias.property`), or an SQL expression in parentheses. */
  readonly on: string;
  readonly description?: string;
  /** authentik does not have the filter. */
  readonly isAddition?: boolean;
}

/** The decorator behind every filter: documents, converts and applies a query parameter. */
export function filter(
  schema: ApiPropertyOptions,
  coercion: Coercion,
  condition: Condition,
  options: FieldOptions = {},
): PropertyDecorator {
  return (target, key) => {
    field(schema, (raw) => (raw === '' ? undefined : coercion(raw)), options)(target, key);
    declareCondition(target.constructor, String(key), condition);
  };
}

function equals(property: string): Condition {
  return (builder, value, parameter) => builder.andWhere(`${property} = :${parameter}`, { [parameter]: value });
}

/** Equal text, case-sensitive, trimmed. */
export function TextFilter({ on, ...options }: FilterOptions): PropertyDecorator {
  return filter({ type: 'string' }, unlessBlank(textOf), equals(on), options);
}

/** Part of a text, in any case. */
export function ContainsFilter({ on, ...options }: FilterOptions): PropertyDecorator {
  const condition: Condition = (builder, value, parameter) => {
    builder.andWhere(`${on} ilike :${parameter}`, { [parameter]: containing(String(value)) });
  };
  return filter({ type: 'string' }, unlessBlank(textOf), condition, options);
}

const truthWords = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** A boolean; other values are ignored. */
export function BooleanFilter({ on, ...options }: FilterOptions): PropertyDecorator {
  return filter({ type: 'boolean' }, (raw) => truthWords.get(String(raw).toLowerCase()), equals(on), options);
}

/** A boolean option that changes the response, not the filter. */
export function BooleanOption({
  default: fallback,
  description,
}: {
  default: boolean;
  description: string;
}): PropertyDecorator {
  const coercion: Coercion = (raw) => truthWords.get(String(raw).toLowerCase());
  return filter({ type: 'boolean', default: fallback }, coercion, (builder) => builder, { description });
}

/** An integer; a fraction is truncated, and a number out of range matches nothing. */
export function IntegerFilter({ on, ...options }: FilterOptions): PropertyDecorator {
  const condition: Condition = (builder, value, parameter) => {
    const fits = (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31;
    if (fits) equals(on)(builder, value, parameter);
    else builder.andWhere('false');
  };
  return filter({ type: 'integer' }, numberOf, condition, options);
}

/** One of the choices. */
export function ChoiceFilter(choices: readonly string[], { on, ...options }: FilterOptions): PropertyDecorator {
  const schema = { type: 'string' as const, enum: [...choices].sort() };
  return filter(schema, choiceOf(choices), equals(on), options);
}

/** Several choices; a row matches any of them. */
export function MultiChoiceFilter(choices: readonly string[], { on, ...options }: FilterOptions): PropertyDecorator {
  const schema = { type: 'array' as const, items: { type: 'string', enum: [...choices].sort() } };
  return filter(schema, (raw) => each(raw, choiceOf(choices)), oneOf(on), options);
}

/** An equal UUID. */
export function UuidFilter({ on, ...options }: FilterOptions): PropertyDecorator {
  const coercion: Coercion = (raw) => {
    const uuid = parseUuid(pythonTrim(String(raw)));
    if (uuid === undefined) throw new Rejection(['Enter a valid UUID.']);
    return uuid;
  };
  return filter({ type: 'string', format: 'uuid' }, unlessBlank(coercion), equals(on), options);
}

/** An equal timestamp. */
export function DateTimeFilter({ on, ...options }: FilterOptions): PropertyDecorator {
  const coercion: Coercion = (raw) => {
    try {
      return dateTime()(textOf(raw));
    } catch {
      throw new Rejection(['Enter a valid date/time.']);
    }
  };
  return filter({ type: 'string', format: 'date-time' }, unlessBlank(coercion), equals(on), options);
}

/** The key of an existing row of `entity`. */
export function RelationFilter(
  entity: () => EntityTarget<ObjectLiteral>,
  { on, ...options }: FilterOptions,
): PropertyDecorator {
  const rule: FieldRule = async (pk: unknown, { manager }) =>
    (await manager.existsBy(entity(), { pk })) ? undefined : [notAvailable('That choice')];
  return filter({ type: 'string', format: 'uuid' }, uuidOf, equals(on), { ...options, rules: [rule] });
}

/** Values of `coercion`, as many as are given; `condition` sees the list. */
export function MultiFilter(
  items: { type: string; format?: string },
  coercion: Coercion,
  condition: Condition,
  options: FieldOptions = {},
): PropertyDecorator {
  return filter({ type: 'array', items }, (raw) => each(raw, coercion), condition, options);
}

/** The message for an unknown choice. */
export function notAvailable(value: string): string {
  return `Select a valid choice. ${value} is not one of the available choices.`;
}

/** A UUID in a query parameter; not trimmed. */
export const uuidOf: Coercion<string> = (raw) => {
  const value = withoutNul(raw);
  const uuid = parseUuid(value);
  if (uuid === undefined) throw new Rejection([`“${value}” is not a valid UUID.`]);
  return uuid;
};

/** Text in a query parameter: trimmed, without NUL. */
export const textOf: Coercion<string> = (raw) => pythonTrim(withoutNul(raw));

/** A number in a query parameter, truncated to an integer. */
const numberOf: Coercion<number> = (raw) => {
  const value = asciiDigits(pythonTrim(String(raw))).replaceAll('_', '');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw new Rejection(['Enter a number.']);
  const number = Math.trunc(Number(value));
  if (number > 1e50) throw new Rejection(['Ensure this value is less than or equal to 1e+50.']);
  return number;
};

function withoutNul(raw: unknown): string {
  const value = String(raw);
  if (value.includes('\0')) throw new Rejection([message('nullCharacters')]);
  return value;
}

/** Ignores a blank parameter. */
function unlessBlank(coercion: Coercion): Coercion {
  return (raw) => (pythonTrim(String(raw)) === '' ? undefined : coercion(raw));
}

function choiceOf(choices: readonly string[]): Coercion<string> {
  return (raw) => {
    const value = String(raw);
    if (!choices.includes(value)) throw new Rejection([notAvailable(value)]);
    return value;
  };
}

/** Values that one filter takes. */
const mostValues = 100;

function each<T>(raw: unknown, coercion: Coercion<T>): T[] | undefined {
  const given = (Array.isArray(raw) ? (raw as unknown[]) : [raw]).filter((value) => value !== '');
  if (given.length > mostValues) throw new Rejection([`Ensure this field has no more than ${mostValues} elements.`]);
  const values = given.map(coercion);
  return values.length > 0 ? values : undefined;
}

function oneOf(property: string): Condition {
  return (builder, value, parameter) => builder.andWhere(`${property} = any(:${parameter})`, { [parameter]: value });
}
