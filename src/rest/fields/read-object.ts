import {
  type FieldMessage,
  type FieldMessages,
  type NestedMessages,
  nonField,
  ValidationError,
} from '../errors/validation-error.js';
import { message } from '../messages/messages.js';
import { Rejection } from './coercions.js';
import { type FieldDeclaration, type FieldRule, fieldsOf, type RuleContext } from './field.js';
import { pythonType } from './python-text.js';

type Class<T = object> = abstract new () => T;
type Fields = Record<string, unknown>;

/** A rule for several fields, checked when every single field is valid. Returns a message, or undefined. */
export type Check<T = never> = (request: T, context: RuleContext) => Promise<string | undefined> | string | undefined;

const checksKey = Symbol('checks over several fields');

/** Declares a rule for several fields of a request class. */
export function Check<T>(check: Check<T>): (target: Class<unknown>) => void {
  return (target) => {
    // Decorators are applied bottom-up; the checks run in the order of the source.
    Reflect.defineMetadata(checksKey, [check as Check, ...checksOf(target)], target);
  };
}

function checksOf(target: object): readonly Check[] {
  return (Reflect.getOwnMetadata(checksKey, target) as Check[] | undefined) ?? [];
}

/**
 * Converts a JSON value to an instance of a class with field decorators. Ignores unknown keys, validates every field, and
 * reports all errors at once, in the order of the fields (management API, section 3.1).
 *
 * @returns an instance with only the given fields
 * @throws ValidationError if the value is invalid
 */
export async function readObject<T extends object>(type: Class<T>, raw: unknown, context: RuleContext): Promise<T> {
  if (raw === null) throw new ValidationError({ [nonField]: [message('noData')] });
  if (typeof raw !== 'object' || Array.isArray(raw)) {
    throw new ValidationError({ [nonField]: [message('notDictionary', { type: pythonType(raw) })] });
  }
  const value = new (type as new () => T)();
  const errors = setFields(type, value, raw);
  await applyRules(type, value, raw, errors, context);
  throwIfAny(type, errors);
  for (const check of checksOf(type)) {
    const problem = await check(value as never, context);
    if (problem !== undefined) throw new ValidationError({ [nonField]: [problem] });
  }
  return value;
}

/** Rule: every item of a list is a valid `type`. The errors are a list, with `{}` for a valid item. */
export function everyItem(type: Class): FieldRule {
  return async (items: unknown, context) => {
    if (!Array.isArray(items)) {
      return { [nonField]: [`Expected a list of items but got type "${pythonType(items)}".`] };
    }
    const errors: (NestedMessages | readonly FieldMessage[])[] = [];
    for (const item of items) errors.push(await errorsIn(type, item, context));
    return errors.some((error) => Object.keys(error).length > 0) ? errors : undefined;
  };
}

async function errorsIn(
  type: Class,
  item: unknown,
  context: RuleContext,
): Promise<NestedMessages | readonly FieldMessage[]> {
  if (item === null) return [message('null')];
  try {
    await readObject(type, item, { ...context, current: undefined });
    return {};
  } catch (error) {
    if (error instanceof ValidationError) return error.errors;
    throw error;
  }
}

/**
 * Sets the declared fields of `target` from the own properties of `raw`. Values are data: only the field's coercion looks
 * into them, and none of their keys (`constructor`, `toJSON`, `then`) is ever taken for a class or a method.
 */
function setFields(type: Class, target: object, raw: object): Map<string, FieldMessages> {
  const errors = new Map<string, FieldMessages>();
  for (const [name, declaration] of fieldsOf(type)) {
    if (declaration.options.readOnly) continue;
    try {
      const value = readField(declaration, Object.hasOwn(raw, name) ? (raw as Fields)[name] : undefined);
      if (value !== undefined) (target as Fields)[name] = value;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      errors.set(name, error.messages);
    }
  }
  return errors;
}

/** @throws Rejection */
function readField({ options, coercion }: FieldDeclaration, raw: unknown): unknown {
  const value = raw === undefined || raw === null ? raw : coercion(raw);
  if (value === null && !options.nullable) throw new Rejection([message('null')]);
  if (value === undefined && options.required) throw new Rejection([options.missing ?? message('required')]);
  return value;
}

async function applyRules(
  type: Class,
  value: object,
  raw: object,
  errors: Map<string, FieldMessages>,
  context: RuleContext,
): Promise<void> {
  for (const [name, { options }] of fieldsOf(type)) {
    const given = (value as Fields)[name];
    if (given === undefined || given === null || errors.has(name)) continue;
    for (const rule of options.rules ?? []) {
      const messages = await rule(given as never, context, (raw as Fields)[name]);
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
