import { ValidationError, type NestedMessages } from '../../rest/errors/validation-error.js';
import { parseDuration } from '../../rest/fields/duration.js';
import { fieldsOf, type RuleContext } from '../../rest/fields/field.js';
import { readObject } from '../../rest/fields/read-object.js';
import { referredEntity } from '../../rest/fields/rules.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import type { Json, ReadEntry } from './entry-reader.js';
import { merge } from './merge.js';
import type { TransferModel } from './transfer-model.js';

/** An entry that the rules of the API refuse. */
export class InvalidEntry extends ValidationError {
  /** @param reasons why references of the entry are empty or wrong, for its author */
  constructor(
    errors: NestedMessages,
    readonly reasons: readonly string[],
  ) {
    super(errors);
  }
}

/** The parts of an entry that a request is read from. */
type RequestEntry = Pick<ReadEntry, 'attrs' | 'identifiers' | 'empty'> & { readonly model: TransferModel };

/** Reads the attributes and identifiers of an entry with the rules of the API. @throws ValidationError */
export async function readRequest(
  { model, attrs, identifiers, empty }: RequestEntry,
  type: abstract new () => object,
  context: RuleContext,
): Promise<object> {
  const data = inMinutes(type, merge(model.adapt?.(attrs) ?? attrs, identifiers));
  const withheld = Object.entries(model.withheld ?? {}).filter(([field]) => Object.hasOwn(data, field));
  const changed = withheld.filter(([field, isUnchanged]) => !isUnchanged(data[field], context.current));
  if (changed.length > 0) {
    const errors = changed.map(([field]) => [field, ['This cannot be set by a file.']]);
    throw new ValidationError(Object.fromEntries(errors) as Record<string, string[]>);
  }
  const settable = without(
    data,
    withheld.map(([field]) => field),
  );
  try {
    return await readObject(type, settable, context);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const reasons = [...empty.map(({ reason }) => reason), ...unknownReferences(type, settable, error.errors)];
    throw new InvalidEntry(error.errors, reasons);
  }
}

/** Returns a text for each field that refers to an object by a key that no object has. */
function unknownReferences(type: abstract new () => object, data: Json, errors: NestedMessages): string[] {
  const wrong = [...fieldsOf(type)].filter(
    ([field, declaration]) =>
      Object.hasOwn(errors, field) &&
      referredEntity(declaration) !== undefined &&
      [data[field]].flat().some((key) => parseUuid(key) !== undefined),
  );
  return wrong.map(([field]) => `${field} refers to an object that is neither here nor in the file`);
}

/** Returns the values without some fields. */
export function without(values: Json, fields: readonly string[]): Json {
  return Object.fromEntries(Object.entries(values).filter(([field]) => !fields.includes(field)));
}

/** Converts durations where minutes are expected: later versions of authentik write `minutes=30` for 30. */
function inMinutes(type: abstract new () => object, data: Json): Json {
  const entries = Object.entries(data).map(([name, value]) => {
    const isMinutes = fieldsOf(type).get(name)?.options.isMinutes === true;
    const seconds = isMinutes && typeof value === 'string' ? parseDuration(value) : undefined;
    return [name, seconds === undefined ? value : Math.ceil(seconds / 60)] as const;
  });
  return Object.fromEntries(entries);
}
