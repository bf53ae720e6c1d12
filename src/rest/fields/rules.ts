import { type EntityTarget, Not, type ObjectLiteral } from 'typeorm';

import { noSuchRow } from './coercions.js';
import type { FieldRule, RuleContext } from './field.js';
import type { Check } from './read-object.js';

type Entity = () => EntityTarget<ObjectLiteral>;

/** The rule that no other row of `entity` holds the value in `property`; `message` is for the client. */
export function unique(entity: Entity, property: string, message: string): FieldRule {
  return async (value: unknown, context) =>
    (await anotherExists(entity, { [property]: value }, context)) ? [message] : undefined;
}

/** The rule that the value is the primary key `pk` of a row of `entity`, or that each of a list is. */
export function exists(entity: Entity): FieldRule {
  return async (value: unknown, { manager }, raw) => {
    const keys = [value].flat();
    const rows = await manager
      .createQueryBuilder(entity(), 'row')
      .select('row.pk', 'pk')
      .where('row.pk = any(:keys)', { keys })
      .getRawMany<{ pk: unknown }>();
    const known = new Set(rows.map(({ pk }) => pk));
    const missing = keys.findIndex((key) => !known.has(key));
    return missing === -1 ? undefined : [noSuchRow([raw].flat()[missing])];
  };
}

/**
 * The rule that no other row of `entity` holds the same values in all of these fields. What the request does not name
 * is taken from the stored row.
 *
 * @param fields the request's fields, each with the entity's property behind it
 */
export function uniqueTogether(entity: Entity, fields: Readonly<Record<string, string>>): Check {
  return async (request: Record<string, unknown>, context) => {
    const stored = (context.current ?? {}) as Record<string, unknown>;
    const values = Object.entries(fields).map(([field, property]) => [property, request[field] ?? stored[property]]);
    if (!(await anotherExists(entity, Object.fromEntries(values) as ObjectLiteral, context))) return undefined;
    return `The fields ${Object.keys(fields).join(', ')} must make a unique set.`;
  };
}

/** Whether a row other than the one that is being changed holds these values. */
function anotherExists(entity: Entity, where: ObjectLiteral, { manager, current }: RuleContext): Promise<boolean> {
  const others = current === undefined ? where : { ...where, pk: Not((current as { pk: unknown }).pk) };
  return manager.existsBy(entity(), others);
}
