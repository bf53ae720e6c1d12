import * as coercions from './coercions.js';
import { PatchOf } from './derived.js';
import { duration } from './duration.js';
import { field, type FieldOptions } from './field.js';
import { everyItem } from './read-object.js';

interface Limits {
  readonly maxLength?: number;
}

/** Text; trimmed unless `verbatim`, and not blank unless `allowBlank`. `pattern` and `default` are documentation only. */
export function TextField(
  options: FieldOptions & coercions.TextRules & { readonly pattern?: string; readonly default?: string } = {},
): PropertyDecorator {
  const { pattern, default: byDefault } = options;
  const schema = {
    type: 'string' as const,
    ...limits(options),
    ...(pattern !== undefined && { pattern }),
    ...(byDefault !== undefined && { default: byDefault }),
  };
  return field(schema, coercions.text(options), options, options.allowBlank ? {} : { minLength: 1 });
}

/** An identifier for URLs: ASCII letters, digits, `-` and `_`. */
export function SlugField(options: FieldOptions & Limits = {}): PropertyDecorator {
  const schema = { type: 'string' as const, ...limits(options), pattern: '^[-a-zA-Z0-9_]+$' };
  return field(schema, coercions.slug(options), options, { minLength: 1 });
}

/** One email address. Where it may be blank, the document has no `format`: generated clients would refuse it. */
export function EmailField(options: FieldOptions & { allowBlank?: boolean } = {}): PropertyDecorator {
  const schema = { type: 'string' as const, ...(!options.allowBlank && { format: 'email' }), maxLength: 254 };
  return field(schema, coercions.email(options), options, options.allowBlank ? {} : { minLength: 1 });
}

/** A 32-bit integer, at least `minimum` if given; `computed` leaves the limits out of the document. */
export function IntegerField(options: FieldOptions & { computed?: boolean; minimum?: number } = {}): PropertyDecorator {
  const { computed, minimum = -2_147_483_648 } = options;
  const range = computed ? {} : { maximum: 2_147_483_647, minimum };
  return field({ type: 'integer', ...range }, coercions.integer({ minimum }), options);
}

/** A boolean. */
export function BooleanField(options: FieldOptions & { default?: boolean } = {}): PropertyDecorator {
  const schema = { type: 'boolean' as const, ...(options.default !== undefined && { default: options.default }) };
  return field(schema, coercions.boolean(), options);
}

/** One of `choices`, documented as the schema `name`. The array itself is kept, so that choices can be added later. */
export function ChoiceField(name: string, choices: readonly string[], options: FieldOptions = {}): PropertyDecorator {
  return field({ enum: choices as string[], enumName: name }, coercions.choice(choices), options);
}

/** Any of `choices`, documented as the schema `name`. */
export function ChoiceListField(
  name: string,
  choices: readonly string[],
  options: FieldOptions & { allowEmpty?: boolean } = {},
): PropertyDecorator {
  const schema = { enum: [...choices], enumName: name, isArray: true, ...(!options.allowEmpty && { minItems: 1 }) };
  return field(schema, coercions.eachOf(coercions.choice(choices), options), options);
}

/** A duration such as `hours=3;minutes=17`; `secondsIn` parses it. */
export function DurationField(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string' }, duration(), options, { minLength: 1 });
}

/** A UUID; a blank one is null. */
export function UuidField(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'uuid' }, coercions.relation(coercions.uuidKey()), options);
}

/** A timestamp. */
export function DateTimeField(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'string', format: 'date-time' }, coercions.dateTime(), options);
}

/** A JSON object with any keys. */
export function DictionaryField(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'object', additionalProperties: {} }, coercions.dictionary(), options);
}

/** A list of UUIDs. */
export function UuidListField(options: FieldOptions & { allowEmpty?: boolean } = {}): PropertyDecorator {
  const { allowEmpty = true } = options;
  const items = { type: 'string', format: 'uuid' };
  const schema = { type: 'array' as const, items, ...(!allowEmpty && { minItems: 1 }) };
  return field(schema, coercions.list(coercions.uuidKey(), { allowEmpty }), options);
}

/** A list of integers. */
export function IntegerListField(options: FieldOptions = {}): PropertyDecorator {
  const schema = { type: 'array' as const, items: { type: 'integer' } };
  return field(schema, coercions.list(coercions.integerKey()), options);
}

/** A read-only list of texts. */
export function TextListField(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'array', items: { type: 'string' } }, coercions.list(coercions.text()), options);
}

/** An integer foreign key; a blank one is null. */
export function IntegerKeyField(options: FieldOptions = {}): PropertyDecorator {
  return field({ type: 'integer' }, coercions.relation(coercions.integerKey()), options);
}

type Class = new () => object;

/** A read-only object, or list of objects. */
export function ObjectField(type: Class, options: FieldOptions & { isArray?: boolean } = {}): PropertyDecorator {
  const { isArray = false, ...rest } = options;
  return field({ type, isArray }, (raw) => raw, { readOnly: true, ...rest });
}

/** A writable list of objects; every item of a request is read as `request`. */
export function ObjectListField(type: Class, request: Class, options: FieldOptions = {}): PropertyDecorator {
  const rules = { rules: [everyItem(request)], patchRules: [everyItem(PatchOf(request))] };
  return field({ type, isArray: true }, (raw) => raw, { ...options, ...rules }, { type: request, isArray: true });
}

function limits({ maxLength }: Limits): Limits {
  return maxLength === undefined ? {} : { maxLength };
}
