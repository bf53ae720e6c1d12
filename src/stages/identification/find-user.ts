import type { EntityManager } from 'typeorm';

import { AccountAddress } from '../../core/addresses/account-address.entity.js';
import { nameKey, provedHolders } from '../../core/users/names/account-names.js';
import { User } from '../../core/users/user.entity.js';
import type { UserField } from './identification-stage.entity.js';

/** How a stage finds users. */
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
 * Returns the user that a typed name identifies. Names are compared after NFKC normalization, ignoring case unless the
 * stage is case-sensitive. Names are unique, except for addresses and for accounts older than that rule. Beside the
 * primary address, those identify a user that they have proved.
 *
 * If an address was typed, active accounts with that address rank first: the one that proved it first, then the one
 * whose user name it is, then the one that had it first. Otherwise an exact match ranks first, then an active account,
 * then an exact user name; a tie finds no user. A stranger cannot take an owner's place with a name that is the owner's
 * address, with another spelling, or with an address that the stranger has not proved.
 */
export async function findUser(manager: EntityManager, matching: Matching, typed: string): Promise<User | undefined> {
  const { userFields, caseInsensitiveMatching } = matching;
  if (userFields.length === 0) return undefined;
  const any = (compare: (column: string) => string): string =>
    userFields.map((field) => compare(columns[field])).join(' or ');
  const isExact = any((column) => `${column} = :typed`);
  const isKey = (column: string): string => `${nameKey(column)} = ${nameKey(':typed')}`;
  // Every column has an index on this expression, which serves case-sensitive matches too.
  const hasField = any(isKey);
  const isSame = (column: string): string => `normalize(${column}, NFKC) = normalize(:typed, NFKC)`;
  const isAddress = typed.includes('@') && userFields.includes('email');
  const hasProved = `u.pk = any(${provedHolders(':typed')})`;
  const isAlike = isAddress ? `${hasField} or ${hasProved}` : hasField;
  const isSameCase = isAddress ? `${any(isSame)} or a.proved is not null and ${isSame('a.address')}` : any(isSame);
  const ofAddress = `u.isActive and (${isKey(columns.email)} or a.proved is not null)`;
  const { entities, raw } = await manager
    .createQueryBuilder(User, 'u')
    .leftJoin(AccountAddress, 'a', `a.userId = u.pk and a.until is null and ${isKey('a.address')}`)
    .addSelect(
      rankOf([
        ...(isAddress ? ownerRanks(ofAddress, isKey(columns.username)) : []),
        asNumber(isExact),
        asNumber('u.isActive'),
        userFields.includes('username') ? asNumber(`${columns.username} = :typed`) : '0',
      ]),
      'rank',
    )
    .where(caseInsensitiveMatching ? isAlike : `(${isAlike}) and (${isSameCase})`, { typed })
    .orderBy('rank', 'DESC')
    .limit(2)
    .getRawAndEntities<{ rank: number[] }>();
  const [first, second] = entities;
  const isTie = second !== undefined && String(raw[0]?.rank) === String(raw[1]?.rank);
  return isTie ? undefined : first;
}

/** Ranks an account among those that have the typed address, without ties. The first rank counts most. */
function ownerRanks(hasAddress: string, isUsername: string): string[] {
  const ranks = ['1', `-extract(epoch from a.proved)`, asNumber(isUsername), `-extract(epoch from a.since)`, '- u.pk'];
  return ranks.map((rank) => `coalesce(case when ${hasAddress} then ${rank} end, '-infinity'::float8)`);
}

function asNumber(condition: string): string {
  return `coalesce((${condition})::int, 0)`;
}

function rankOf(ranks: readonly string[]): string {
  return `array[${ranks.join(', ')}]::float8[]`;
}
