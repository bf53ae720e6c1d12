import { camelCase } from '../../rest/fields/columns-of.js';
import { fieldsOf } from '../../rest/fields/field.js';

type FieldChange = readonly [stored: unknown, given: unknown] | null;

/** Changed fields with the stored and the new value; null for a secret. */
export type FieldChanges = Readonly<Record<string, FieldChange>>;

/**
 * Returns the fields of a request that differ from the stored entity. Fields without a column of their own, such as the
 * prompts of a form, cannot be compared and are left out.
 */
export function changedFields(type: abstract new () => object, stored: object, request: object): FieldChanges {
  const columns = stored as Readonly<Record<string, unknown>>;
  const declarations = fieldsOf(type);
  const changes: Record<string, FieldChange> = {};
  for (const [field, given] of Object.entries(request) as [string, unknown][]) {
    const property = [camelCase(field), `${camelCase(field)}Id`].find((name) => columns[name] !== undefined);
    if (declarations.get(field)?.options.writeOnly === true) changes[field] = null;
    else if (property !== undefined && given !== undefined && !isSame(columns[property], given)) {
      changes[field] = [columns[property], given];
    }
  }
  return changes;
}

function isSame(stored: unknown, given: unknown): boolean {
  return JSON.stringify(stored) === JSON.stringify(given);
}
