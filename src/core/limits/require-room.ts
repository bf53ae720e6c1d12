import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';

import { ValidationError } from '../../rest/errors/validation-error.js';

/** Limit on the number of rows that a user owns. */
export interface Quota<T extends ObjectLiteral> {
  readonly entity: EntityTarget<T>;
  /** Finds the rows of the user. */
  readonly owned: FindOptionsWhere<T>;
  /** Plural for the message: `tokens`. */
  readonly noun: string;
  readonly limit: number;
}

/**
 * Checks that a user may own one more row. Locks the user until the transaction ends, so that concurrent requests
 * are counted one at a time.
 *
 * @param user the owner; the caller's transaction inserts the row
 * @throws ValidationError if the user owns as many as the limit allows
 */
export async function requireRoom<T extends ObjectLiteral>(
  manager: EntityManager,
  user: number,
  { entity, owned, noun, limit }: Quota<T>,
): Promise<void> {
  await manager.query('select from "user" where id = $1 for no key update', [user]);
  if ((await manager.countBy(entity, owned)) < limit) return;
  throw new ValidationError({
    non_field_errors: [`A user can have at most ${limit} ${noun}. Delete one that is no longer needed.`],
  });
}
