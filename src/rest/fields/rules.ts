import { type EntityTarget, Not, type ObjectLiteral } from 'typeorm';

import { noSuchRow } from './coercions.js';
import type { FieldDeclaration, FieldRule, RuleContext } from './field.js';
import type { Check } from './read-object.js';

type Entity = () => EntityTarget<ObjectLiteral>;

/** Rule: no other row of `entity` has the value in `property`. */
export function unique(entity: Entity, property: string, message: string): FieldRule {
  return async (value: unknown, context) =>
    (await anotherExists(entity, { [property]: value }, context)) ? [message] : undefined;
}

/** A rule that a value is the key of a row. */
type ReferenceRule = FieldRule & { readonly entity: Entity };

/** Rule: the value is the primary key `pk` of a row of `entity`; of a list, each value. */
export function exists(entity: Entity): ReferenceRule {
  const rule: FieldRule = async (value: unknown, { manager }, raw) => {
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
  return Object.assign(rule, { entity });
}

/** Returns the entity whose keys the values of a field are; undefined for other fields. */
export function referredEntity({ options }: FieldDeclaration): EntityTarget<ObjectLiteral> | undefined {
  const rule = options.rules?.find((each): each is ReferenceRule => 'entity' in each);
  return rule?.entity();
}

/**
 * Rule: no other row of `entity` has the same values in all of these fields. Fields that the request leaves out keep their
 * stored value.
 *
 * @param fields fields of the request, each with the property of the entity
 */
export function uniqueTogether(entity: Entity, fields: Readonly<Record<string, string>>): Check {
  return async (request: Record<string, unknown>, context) => {
    const stored = (context.current ?? {}) as Record<string, unknown>;
    const values = Object.entries(fields).map(([field, property]) => [property, request[field] ?? stored[property]]);
    if (!(await anotherExists(entity, Object.fromEntries(values) as ObjectLiteral, context))) return undefined;
    return `The fields ${Object.keys(fields).join(', ')} must make a unique set.`;
  };
}

/** Whether a row other than the changed one has these values. */
function anotherExists(entity: Entity, where: ObjectLiteral, { manager, current }: RuleContext): Promise<boolean> {
  const others = current === undefined ? where : { ...where, pk: Not((current as { pk: unknown }).pk) };
  return manager.existsBy(entity(), others);
}
