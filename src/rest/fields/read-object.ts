import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { type FieldMessages, type NestedMessages, nonField, ValidationError } from '../errors/validation-error.js';
import { nullMessage, pythonType, requiredMessage } from './coercions.js';
import { type FieldRule, fieldsOf, Refused, type RuleContext } from './field.js';

type Class<T = object> = abstract new () => T;

/** A rule over several fields, run when every field for itself is fine: gives a message, or nothing. */
export type Check<T = never> = (request: T, context: RuleContext) => Promise<string | undefined> | string | undefined;

const checksKey = Symbol('checks over several fields');

/** Declares a rule over several fields of a request class. */
export function Check<T>(check: Check<T>): (target: Class<unknown>) => void {
  return (target) => {
    // Decorators are applied from the last one up; the checks run in the order in which they are written.
    Reflect.defineMetadata(checksKey, [check as Check, ...checksOf(target)], target);
  };
}

function checksOf(target: object): readonly Check[] {
  return (Reflect.getOwnMetadata(checksKey, target) as Check[] | undefined) ?? [];
}

/**
 * Reads a JSON value as an instance of a class whose properties are field decorators. Unknown keys are ignored, every
 * field is checked, and every error is told at once, in the order of the fields (management API, section 3.1).
 *
 * @returns an instance that holds just the fields that were given
 * @throws ValidationError if anything is wrong
 */
export async function readObject<T extends object>(type: Class<T>, raw: unknown, context: RuleContext): Promise<T> {
  if (raw === null) throw new ValidationError({ [nonField]: ['No data provided'] });
  if (typeof raw !== 'object' || Array.isArray(raw)) {
    const got = pythonType(raw);
    throw new ValidationError({ [nonField]: [`Invalid data. Expected a dictionary, but got ${got}.`] });
  }
  const value = convert(type, raw);
  const errors = fieldErrors(type, value);
  await applyRules(type, value, raw, errors, context);
  throwIfAny(type, errors);
  for (const check of checksOf(type)) {
    const message = await check(value as never, context);
    if (message !== undefined) throw new ValidationError({ [nonField]: [message] });
  }
  return value;
}

/** The rule that every item of a list can be read as `type`. The errors are a list, with `{}` for a good item. */
export function everyItem(type: Class): FieldRule {
  return async (items: unknown, context) => {
    if (!Array.isArray(items)) {
      return { [nonField]: [`Expected a list of items but got type "${pythonType(items)}".`] };
    }
    const errors: (NestedMessages | readonly string[])[] = [];
    for (const item of items) errors.push(await errorsIn(type, item, context));
    return errors.some((error) => Object.keys(error).length > 0) ? errors : undefined;
  };
}

async function errorsIn(type: Class, item: unknown, context: RuleContext): Promise<NestedMessages | readonly string[]> {
  if (item === null) return [nullMessage];
  try {
    await readObject(type, item, { ...context, current: undefined });
    return {};
  } catch (error) {
    if (error instanceof ValidationError) return error.errors;
    throw error;
  }
}

function convert<T extends object>(type: Class<T>, raw: object): T {
  // Only declared keys reach the transformer: what else a client sends costs nothing and changes nothing.
  const given = Object.keys(raw).filter((key) => fieldsOf(type).has(key));
  const known = Object.fromEntries(given.map((key) => [key, (raw as Record<string, unknown>)[key]]));
  return plainToInstance(type as new () => T, known);
}

function fieldErrors(type: Class, value: object): Map<string, FieldMessages> {
  const failures = validateSync(value, { forbidUnknownValues: false });
  return new Map(
    failures
      .filter(({ property }) => fieldsOf(type).has(property))
      .map(({ property, value: refused }) => [
        property,
        refused instanceof Refused
          ? refused.messages
          : [fieldsOf(type).get(property)?.options.missing ?? requiredMessage],
      ]),
  );
}

async function applyRules(
  type: Class,
  value: object,
  raw: object,
  errors: Map<string, FieldMessages>,
  context: RuleContext,
): Promise<void> {
  for (const [name, { options }] of fieldsOf(type)) {
    const given = (value as Record<string, unknown>)[name];
    if (given === undefined || given === null || errors.has(name)) continue;
    for (const rule of options.rules ?? []) {
      const messages = await rule(given as never, context, (raw as Record<string, unknown>)[name]);
      if (messages === undefined) continue;
      errors.set(name, messages);
      break;
    }
  }
}

function throwIfAny(type: Class, errors: Map<string, FieldMessages>): void {
  if (errors.size === 0) return;
  const inOrder = [...fieldsOf(type).keys()].filter((name) => errors.has(name));
  throw new ValidationError(Object.fromEntries(inOrder.map((name) => [name, errors.get(name) ?? []])));
}
