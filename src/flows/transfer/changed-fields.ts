import { camelCase } from '../../rest/fields/columns-of.js';
import { fieldsOf } from '../../rest/fields/field.js';
import { referredEntity } from '../../rest/fields/rules.js';

type FieldChange = readonly [stored: unknown, given: unknown] | null;

/** Changed fields with the stored and the new value; null for a secret. */
export type FieldChanges = Readonly<Record<string, FieldChange>>;

type Values = Readonly<Record<string, unknown>>;

/**
 * Returns the fields of a request that differ from the stored entity.
 *
 * @param answer the object as the API returned it before: it has the lists of references, such as the prompts of a form,
 *   which have no column
 */
export function changedFields(
  type: abstract new () => object,
  stored: object,
  request: object,
  answer: object = {},
): FieldChanges {
  const columns = stored as Values;
  const declarations = fieldsOf(type);
  const changes: Record<string, FieldChange> = {};
  for (const [field, given] of Object.entries(request) as [string, unknown][]) {
    const declaration = declarations.get(field);
    const property = [camelCase(field), `${camelCase(field)}Id`].find((name) => columns[name] !== undefined);
    const isList = Array.isArray(given) && declaration !== undefined && referredEntity(declaration) !== undefined;
    const before = isList ? (answer as Values)[field] : columns[property ?? ''];
    if (declaration?.options.writeOnly === true) changes[field] = null;
    else if (before === undefined || given === undefined) continue;
    else if (isList ? !isSameSet(before, given) : !isSame(before, given)) changes[field] = [before, given];
  }
  return changes;
}

function isSame(stored: unknown, given: unknown): boolean {
  return JSON.stringify(stored) === JSON.stringify(given);
}

function isSameSet(stored: unknown, given: readonly unknown[]): boolean {
  return isSame(sorted(stored as readonly unknown[]), sorted(given));
}

function sorted(keys: readonly unknown[]): unknown[] {
  return [...new Set(keys)].sort();
}
