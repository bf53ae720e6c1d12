import type { EntityManager } from 'typeorm';

import { nameKey } from '../../core/users/names/account-names.js';
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
 * The user that a typed name identifies. Names are compared after NFKC, in any case unless the stage minds the case. No
 * two accounts have one name, but for addresses, and for accounts from before that rule. Of several, these count in
 * turn: an active account with that address, if an address was typed; an exact match; an active account; an exact match
 * of the user name. If that leaves two, nobody is found. So nobody takes another's place with a name that is their
 * address or differs only in its spelling, or by signing up with an address that is not theirs.
 */
export async function findUser(manager: EntityManager, matching: Matching, typed: string): Promise<User | undefined> {
  const { userFields, caseInsensitiveMatching } = matching;
  if (userFields.length === 0) return undefined;
  const any = (compare: (column: string) => string): string =>
    userFields.map((field) => compare(columns[field])).join(' or ');
  const isExact = any((column) => `${column} = :typed`);
  // All of these have an index, which serves matches in the same case too.
  const isAlike = any((column) => `${nameKey(column)} = ${nameKey(':typed')}`);
  const isSameCase = any((column) => `normalize(${column}, NFKC) = normalize(:typed, NFKC)`);
  const isAddress = typed.includes('@') && userFields.includes('email');
  const ranks = [
    isAddress ? `(u.isActive and ${nameKey(columns.email)} = ${nameKey(':typed')})` : 'false',
    `coalesce(${isExact}, false)`,
    'u.isActive',
    userFields.includes('username') ? `(${columns.username} = :typed)` : 'false',
  ];
  const { entities, raw } = await manager
    .createQueryBuilder(User, 'u')
    .addSelect(`array[${ranks.join(', ')}]`, 'rank')
    .where(caseInsensitiveMatching ? isAlike : `(${isAlike}) and (${isSameCase})`, { typed })
    .orderBy('rank', 'DESC')
    .limit(2)
    .getRawAndEntities<{ rank: boolean[] }>();
  const [first, second] = entities;
  const isTie = second !== undefined && String(raw[0]?.rank) === String(raw[1]?.rank);
  return isTie ? undefined : first;
}
