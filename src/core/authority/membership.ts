import type { EntityManager } from 'typeorm';

/** Returns an SQL condition: the user belongs to a superuser group or to a descendant of one. */
export function isAmongSuperusers(userKey: string): string {
  // Uncorrelated subquery, so that the database evaluates it once and not per user.
  return `${userKey} in (
    with recursive superusers as (
      select g.group_uuid from "group" g where g.is_superuser
      union
      select g.group_uuid from "group" g join superusers s on g.parent_uuid = s.group_uuid
    )
    select gu.user_id from "group_user" gu join superusers s using (group_uuid))`;
}

/** A group of a user. */
export interface Membership {
  readonly pk: string;
  readonly name: string;
  readonly attributes: Record<string, unknown>;
}

/** Returns all groups of a user, direct and inherited, sorted by name. */
export async function membershipsOf(manager: EntityManager, user: number): Promise<Membership[]> {
  return manager.query<Membership[]>(
    `with recursive membership as (
       select g.* from "group" g join "group_user" gu using (group_uuid) where gu.user_id = $1
       union
       select g.* from "group" g join membership m on m.parent_uuid = g.group_uuid
     )
     select group_uuid as pk, name, attributes from membership order by name`,
    [user],
  );
}

/** Whether the group is `above` or one of its descendants. */
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

/** Whether the user is a superuser. */
export async function isSuperuser(manager: EntityManager, user: number): Promise<boolean> {
  const [row] = await manager.query<{ found: boolean }[]>(`select ${isAmongSuperusers('$1::int')} as found`, [user]);
  return row?.found ?? false;
}
