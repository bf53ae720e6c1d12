import type { EntityTarget, ObjectLiteral } from 'typeorm';

import { shown } from './coercions.js';
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
  return async (value: unknown, { manager }) => {
    const messages: string[] = [];
    for (const pk of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (await manager.existsBy(entity(), { pk })) continue;
      messages.push(`Invalid pk "${shown(pk)}" - object does not exist.`);
    }
    return messages.length > 0 ? messages : undefined;
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

async function anotherExists(entity: Entity, where: ObjectLiteral, context: RuleContext): Promise<boolean> {
  const found = await context.manager.findOneBy(entity(), where);
  if (found === null) return false;
  return !context.current || !context.manager.connection.getMetadata(entity()).compareEntities(found, context.current);
}
