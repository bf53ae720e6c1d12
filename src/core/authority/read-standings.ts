import type { EntityManager } from 'typeorm';

import type { Permission, Standing } from './standing.js';

/** What a stage hands on to its visitors, or a blueprint to its editor. */
export interface HandedOn {
  /** Groups that users are put into. */
  readonly groups: readonly string[];
  /** What makes its editor as powerful as a superuser. */
  readonly superuserBy: readonly string[];
}

/** What a change is about. */
export type Subject =
  | { readonly user: number }
  | { readonly group: string }
  | { readonly role: string }
  /** Reads what a stage or a blueprint hands on; undefined while it does not exist. */
  | { readonly stage: (manager: EntityManager) => Promise<HandedOn | undefined> };

interface StandingRow {
  readonly groups: string[];
  readonly superuser_by: string[];
  readonly permissions: [path: string, codename: string, objectKey: string][];
  readonly is_active?: boolean;
  readonly sign_in?: string;
  readonly whole?: string;
}

/** What a subject is now; undefined if it does not exist. */
export async function readStanding(manager: EntityManager, subject: Subject): Promise<Standing | undefined> {
  if ('stage' in subject) return standingOfStage(manager, await subject.stage(manager));
  if ('role' in subject) return asStanding('role', await first(manager, standingOfRole, subject.role));
  if ('group' in subject) return asStanding('group', await first(manager, standingOfGroup, subject.group));
  return asStanding('user', await first(manager, standingOfUser, subject.user));
}

async function standingOfStage(manager: EntityManager, handed: HandedOn | undefined): Promise<Standing | undefined> {
  if (handed === undefined) return undefined;
  const superuserBy = [...handed.superuserBy];
  const permissions = new Map<string, Permission>();
  for (const group of handed.groups) {
    const standing = await readStanding(manager, { group });
    superuserBy.push(...(standing?.superuserBy ?? []).map((path) => `${group} ${path}`));
    for (const [path, permission] of standing?.permissions ?? []) permissions.set(`${group} ${path}`, permission);
  }
  return { kind: 'stage', groups: handed.groups, superuserBy, permissions };
}

async function first(manager: EntityManager, statement: string, key: unknown): Promise<StandingRow | undefined> {
  const [row] = await manager.query<StandingRow[]>(statement, [key]);
  return row;
}

function asStanding(kind: Standing['kind'], row: StandingRow | undefined): Standing | undefined {
  if (row === undefined) return undefined;
  const { groups, superuser_by: superuserBy, permissions, is_active, sign_in, whole } = row;
  return {
    kind,
    groups,
    superuserBy,
    permissions: new Map<string, Permission>(
      permissions.map(([path, codename, objectKey]) => [`${path} ${codename} ${objectKey}`, { codename, objectKey }]),
    ),
    ...(is_active !== undefined && { account: { isActive: is_active, signIn: sign_in ?? '', whole: whole ?? '' } }),
  };
}

/** The groups above the rows of `entry`, each with the group through which it is reached. */
const closureOf = (entry: string): string => `
  with recursive above as (
    ${entry}
    union
    select a.via, g.group_uuid, g.parent_uuid, g.is_superuser
      from above a join "group" g on g.group_uuid = a.parent_uuid
  )`;

/** The permissions that the groups of `above` hand on by their roles. */
const handedOn = `
  select concat_ws(' ', a.via, a.group_uuid, gr.role_uuid) as path, p.codename, p.object_pk
    from above a join "group_role" gr using (group_uuid) join "permission_grant" p using (role_uuid)`;

const superuserBy = `array(select concat_ws(' ', via, group_uuid) from above where is_superuser)`;

const listOf = (permissions: string): string => `coalesce(
  (select json_agg(json_build_array(path, codename, object_pk)) from (${permissions}) granted), '[]')`;

const fingerprint = (json: string): string => `encode(sha256(convert_to((${json})::text, 'UTF8')), 'hex')`;

const standingOfUser = `${closureOf(`
    select g.group_uuid as via, g.group_uuid, g.parent_uuid, g.is_superuser
      from "group_user" gu join "group" g using (group_uuid) where gu.user_id = $1`)}
  select array(select group_uuid::text from "group_user" where user_id = u.id) as groups,
         ${superuserBy} as superuser_by,
         ${listOf(`${handedOn} union all
           select 'direct', codename, object_pk from "permission_grant" where user_id = $1`)} as permissions,
         u.is_active,
         ${fingerprint(`jsonb_build_array(u.username, u.email, u.attributes -> 'upn', u.password_hash)`)} as sign_in,
         ${fingerprint('to_jsonb(u)')} as whole
    from "user" u where u.id = $1`;

const standingOfGroup = `${closureOf(`
    select g.group_uuid as via, g.group_uuid, null::uuid as parent_uuid, g.is_superuser
      from "group" g where g.group_uuid = $1
    union all
    select p.group_uuid, p.group_uuid, p.parent_uuid, p.is_superuser
      from "group" g join "group" p on p.group_uuid = g.parent_uuid where g.group_uuid = $1`)}
  select array_remove(array[g.parent_uuid::text], null) as groups,
         ${superuserBy} as superuser_by,
         ${listOf(handedOn)} as permissions
    from "group" g where g.group_uuid = $1`;

const standingOfRole = `
  select '{}'::text[] as groups, '{}'::text[] as superuser_by,
         ${listOf(`select 'direct' as path, codename, object_pk from "permission_grant" where role_uuid = $1`)} as permissions
    from "role" where role_uuid = $1`;
