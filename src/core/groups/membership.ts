import type { EntityManager } from 'typeorm';

/** The groups of one user, the groups above them too, in a statement that calls the user's key `userKey`. */
const membershipOf = (userKey: string): string => `
  with recursive membership as (
    select g.group_uuid, g.parent_uuid, g.is_superuser
      from "group" g join "group_user" gu using (group_uuid) where (gu.user_id = ${userKey})
    union
    select g.group_uuid, g.parent_uuid, g.is_superuser
      from "group" g join membership m on m.parent_uuid = g.group_uuid
  )`;

/** Whether the user is a superuser: in a group of superusers, or in one below it. An expression over `userKey`. */
export function isSuperuser(userKey: string): string {
  return `exists (${membershipOf(userKey)} select 1 from membership where membership.is_superuser)`;
}

/** A group that a user belongs to. */
export interface Membership {
  readonly pk: string;
  readonly name: string;
  readonly attributes: Record<string, unknown>;
}

/** Every group that the user belongs to, directly or by a group below it, by name. */
export async function membershipsOf(manager: EntityManager, user: number): Promise<Membership[]> {
  return manager.query<Membership[]>(
    `${membershipOf('$1')}
     select group_uuid as pk, g.name, g.attributes from membership join "group" g using (group_uuid) order by g.name`,
    [user],
  );
}

/** A number of 31 bits that stands for a group where only numbers will do. */
export function numberOfGroup(pk: string): number {
  return Number.parseInt(pk.slice(0, 8), 16) & 0x7fffffff;
}

/** Whether the group is `above` or stands below it. */
export async function isBelow(manager: EntityManager, group: string, above: string): Promise<boolean> {
  const [row] = await manager.query<{ found: boolean }[]>(
    `with recursive line as (
       select group_uuid, parent_uuid from "group" where group_uuid = $1
       union
       select g.group_uuid, g.parent_uuid from "group" g join line on line.parent_uuid = g.group_uuid
     )
     select exists (select from line where group_uuid = $2) as found`,
    [group, above],
  );
  return row?.found ?? false;
}
