import type { Permission, Standing } from './standing.js';

/** The party that makes a change. */
export interface Changer {
  readonly isSuperuser: boolean;
  /** Whether it has the permission on every object, or on the one with this key. */
  mayOn(permission: string, key: string): boolean;
}

/** A change of one user, group, role or stage. Undefined: it does not exist before, or not after. */
interface Change {
  readonly before: Standing | undefined;
  readonly after: Standing | undefined;
}

/** A rule for callers who are not superusers: whether it forbids the change to them. */
type Rule = (caller: Changer, change: Change) => boolean;

/** authentik PR 12900 and PR 20718, CVE-2026-86193; OWASP ASVS 5.0, 8.2.1 and 8.3.1. */
const rules = {
  'making a superuser is for superusers': (_, { before, after }) =>
    added(before?.superuserBy, after?.superuserBy).length > 0,

  'unmaking a superuser is for superusers': (_, { before, after }) =>
    before?.kind !== 'stage' && added(after?.superuserBy, before?.superuserBy).length > 0,

  'the account of a superuser is for superusers': (_, { before, after }) =>
    before?.account !== undefined && before.superuserBy.length > 0 && before.account.whole !== after?.account?.whole,

  'entering a group takes the permission to add users to it': (caller, { before, after }) =>
    added(before?.groups, after?.groups).some((group) => !caller.mayOn('authentik_core.add_user_to_group', group)),

  'leaving a group takes the permission to remove users from it': (caller, { before, after }) =>
    before !== undefined &&
    after !== undefined &&
    after.kind !== 'stage' &&
    added(after.groups, before.groups).some((group) => !caller.mayOn('authentik_core.remove_user_from_group', group)),

  'granting a permission takes that permission': (caller, change) => !holdsAll(caller, gained(change)),

  'changing what an account signs in with takes every permission of the account': (caller, { before, after }) =>
    before?.account !== undefined &&
    after !== undefined &&
    before.account.signIn !== after.account?.signIn &&
    !holdsAll(caller, [...before.permissions.values()]),
} satisfies Record<string, Rule>;

/** Which rule forbids a change. */
export type Refusal = keyof typeof rules;

/**
 * Whether a caller may make a change: the only place that decides who may raise, lower or take over whose authority.
 *
 * @param before what the subject is without the change; undefined for a new one
 * @param after what it is with the change; undefined for a deleted one
 * @returns the first rule that forbids it; undefined if the caller may make it
 */
export function mayChange(
  caller: Changer,
  before: Standing | undefined,
  after: Standing | undefined,
): Refusal | undefined {
  if (caller.isSuperuser) return undefined;
  return (Object.keys(rules) as Refusal[]).find((name) => rules[name](caller, { before, after }));
}

/** The permissions that arrive on new paths; for an account that becomes active, those on all its paths. */
function gained({ before, after }: Change): Permission[] {
  if (after === undefined) return [];
  const isActivated = after.account?.isActive === true && before?.account?.isActive === false;
  const known = isActivated ? undefined : before?.permissions;
  return [...after.permissions].filter(([path]) => known?.has(path) !== true).map(([, permission]) => permission);
}

function holdsAll(caller: Changer, permissions: readonly Permission[]): boolean {
  return permissions.every(({ codename, objectKey }) => caller.mayOn(codename, objectKey));
}

function added(before: readonly string[] = [], after: readonly string[] = []): string[] {
  return after.filter((item) => !before.includes(item));
}
