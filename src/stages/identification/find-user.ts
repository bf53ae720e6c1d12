import type { EntityManager } from 'typeorm';

import { User } from '../../core/users/user.entity.js';
import type { UserField } from './identification-stage.entity.js';

/** How users are found. */
interface Matching {
  readonly userFields: readonly UserField[];
  readonly caseInsensitiveMatching: boolean;
}

const columns: Readonly<Record<UserField, string>> = {
  email: 'u.email',
  username: 'u.username',
  upn: `u.attributes ->> 'upn'`,
};

/**
 * The user that somebody means who types this name. If it fits several, the one counts that it fits to the letter, and
 * among those the one that is active; if that still leaves two, nobody is meant. So nobody gets in another's place by
 * taking a name that differs only in case, or by signing up with an address that is not theirs.
 */
export async function findUser(manager: EntityManager, matching: Matching, typed: string): Promise<User | undefined> {
  const { userFields, caseInsensitiveMatching } = matching;
  if (userFields.length === 0) return undefined;
  const any = (compare: (column: string) => string): string =>
    userFields.map((field) => compare(columns[field])).join(' or ');
  const isExact = any((column) => `${column} = :typed`);
  // All of these have an index of the text in lower case, which serves exact matches too.
  const isAlike = any((column) => `lower(${column}) = lower(:typed)`);
  const { entities, raw } = await manager
    .createQueryBuilder(User, 'u')
    .addSelect(`(${isExact})`, 'exact')
    .where(caseInsensitiveMatching ? isAlike : `(${isAlike}) and (${isExact})`, { typed })
    .orderBy('exact', 'DESC')
    .addOrderBy('u.isActive', 'DESC')
    .limit(2)
    .getRawAndEntities<{ exact: boolean }>();
  const [first, second] = entities;
  const isTie = second !== undefined && raw[0]?.exact === raw[1]?.exact && first?.isActive === second.isActive;
  return isTie ? undefined : first;
}
