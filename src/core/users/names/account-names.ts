import type { EntityManager } from 'typeorm';

import type { User } from '../user.entity.js';
import { foldedName, skeletonOf } from './skeleton.js';
import { preparedUsername } from './username-profile.js';

/** What accounts are found by. All of them are one name space: none may be a name of another account. */
export type NameField = 'username' | 'email' | 'attributes';

/**
 * Why an account cannot have a name: the profile of user names refuses it, it is a name of another account, or it looks
 * like the user name of one.
 */
export type NameProblem = 'invalid' | 'taken' | 'alike';

/** The columns of an account that hold names; the attribute `upn` is one. */
export type NamedColumns = Partial<Pick<User, 'username' | 'email' | 'attributes'>>;

/** The names that an account cannot have. */
export class NamesRefused extends Error {
  override readonly name = 'NamesRefused';

  constructor(readonly problems: ReadonlyMap<NameField, NameProblem>) {
    super(`Refused: ${[...problems].map((problem) => problem.join(' ')).join(', ')}`);
  }
}

/** Any number that no other lock has; the same in every process. */
const nameLock = 731_004;

/**
 * SQL for the form in which names are compared: NFKC, in lower case. ICU lowers every letter regardless of the collation of
 * the database, which with `C` would lower ASCII alone. The indexes `ix_user_name_*` bound the length: an index entry
 * must fit a third of a page.
 */
export function nameKey(expression: string): string {
  return `left(lower(normalize(${expression}, NFKC) collate "und-x-icu"), 254) collate "C"`;
}

/**
 * SQL for the keys of the accounts that have and have proved an address, in any spelling, primary or not. An array, so that
 * `u.id = any(…)` can use an index beside other conditions.
 */
export function provedHolders(address: string): string {
  return `array(select held.user_id from "account_address" held
    where ${nameKey('held.address')} = ${nameKey(address)} and held.until is null and held.proved is not null)`;
}

/** Whether a name is an email address, in any spelling: width variants of `@` are stored as `@`. */
export function isAddress(name: string): boolean {
  return foldedName(name).includes('@');
}

/** Whether a name is an email address other than `email`. Without an `email` every address is. */
export function isForeignAddress(name: string, email: string): boolean {
  return isAddress(name) && foldedName(name) !== foldedName(email);
}

/**
 * Whether a new user name or UPN is an email address other than the account's own. Forms must not reserve addresses of
 * others.
 *
 * @param stored the account that is changed; undefined for a new one
 */
export function reservesForeignAddress(wanted: NamedColumns, stored?: User): boolean {
  const { username, attributes } = changedNames(wanted, stored);
  const email = wanted.email ?? stored?.email ?? '';
  return [username, attributes].some((name) => name !== null && isForeignAddress(name, email));
}

/**
 * What is wrong with the names that an account is to have. Names that stay as they are stay, also where they are twins
 * of names from before this rule.
 *
 * @param stored the account that is changed; undefined for a new one
 */
export async function nameProblems(
  manager: EntityManager,
  wanted: NamedColumns,
  stored?: User,
): Promise<ReadonlyMap<NameField, NameProblem>> {
  return problemsOf(manager, changedNames(wanted, stored), stored);
}

/**
 * Keeps the names for one account until the transaction ends: others who want one of them, or a user name that looks
 * alike, wait. A caller who changes an account has locked its row before, in every place, so that there is one order.
 *
 * @param stored the account that is changed, as it is in the database
 * @returns the columns to write beside the wanted ones: the prepared user name and its skeleton
 * @throws NamesRefused
 */
export async function claimNames(
  manager: EntityManager,
  wanted: NamedColumns,
  stored?: User,
): Promise<Partial<Pick<User, 'username' | 'usernameSkeleton'>>> {
  const names = changedNames(wanted, stored);
  const locked = Object.values(names)
    .filter((name) => name !== null)
    .map(skeletonOf);
  if (locked.length === 0) return {};
  await manager.query(
    `select pg_advisory_xact_lock($1, hash)
       from (select distinct hashtext(name) as hash from unnest($2::text[]) as name order by hash) as sorted`,
    [nameLock, locked],
  );
  const problems = await problemsOf(manager, names, stored);
  if (problems.size > 0) throw new NamesRefused(problems);
  const username = names.username === null ? undefined : preparedUsername(names.username);
  return username === undefined ? {} : { username, usernameSkeleton: skeletonOf(username) };
}

type ChangedNames = Readonly<Record<NameField, string | null>>;

/** The names that are new; null for one that is not. */
function changedNames({ username, email, attributes }: NamedColumns, stored: User | undefined): ChangedNames {
  const changed = (name: string | undefined, before: string | undefined): string | null =>
    name === undefined || name === '' || name === before ? null : name;
  return {
    username: changed(username, stored?.username),
    email: changed(email, stored?.email),
    attributes: changed(upnOf(attributes), upnOf(stored?.attributes)),
  };
}

/** The attribute as the database's `->>` reads it. */
function upnOf(attributes: Record<string, unknown> | undefined): string | undefined {
  const upn = attributes?.['upn'] ?? undefined;
  return upn === undefined || typeof upn === 'string' ? upn : JSON.stringify(upn);
}

async function problemsOf(
  manager: EntityManager,
  names: ChangedNames,
  stored: User | undefined,
): Promise<ReadonlyMap<NameField, NameProblem>> {
  const username = names.username === null ? null : preparedUsername(names.username);
  const [taken] = await manager.query<Record<NameField | 'alike', boolean>[]>(conflicts, [
    stored?.pk ?? null,
    // What cannot be a user name is looked for as it is.
    username ?? names.username,
    names.email,
    names.attributes,
    names.username === null ? null : skeletonOf(names.username),
  ]);
  const problems = new Map<NameField, NameProblem>();
  if (username === undefined) problems.set('username', 'invalid');
  else if (taken?.username) problems.set('username', 'taken');
  else if (taken?.alike) problems.set('username', 'alike');
  if (taken?.email) problems.set('email', 'taken');
  if (taken?.attributes) problems.set('attributes', 'taken');
  return problems;
}

/**
 * Which names ($2 to $4, null for none) another account than $1 has, and whether one has a user name of the skeleton
 * $5. Several accounts may have one address; a further address counts once it is proved. An account that waits for
 * confirmation has proved nothing: only its user name counts, and not against the address of another.
 */
const conflicts = `select
  ${anotherHas(`${nameKey('u.username')} = ${nameKey('$2::text')} or ${proved('$2', 'email')}`)} as username,
  ${anotherHas(`u.username_skeleton = $5`)} as alike,
  ${anotherHas(`not u.awaits_confirmation and ${nameKey('u.username')} = ${nameKey('$3::text')} or ${proved('$3')}`)} as email,
  ${anotherHas(`${nameKey('u.username')} = ${nameKey('$4::text')} or ${proved('$4', 'email')}`)} as attributes`;

function anotherHas(condition: string): string {
  return `exists (select from "user" u where u.id is distinct from $1::int and (${condition}))`;
}

/** Whether a confirmed account has the name as its UPN, or as an address. */
function proved(name: string, column?: 'email'): string {
  const isName = [`u.attributes ->> 'upn'`, ...(column === undefined ? [] : [`u.${column}`])].map(
    (expression) => `${nameKey(expression)} = ${nameKey(`${name}::text`)}`,
  );
  if (column === 'email') isName.push(`u.id = any(${provedHolders(`${name}::text`)})`);
  return isName.map((condition) => `not u.awaits_confirmation and ${condition}`).join(' or ');
}
