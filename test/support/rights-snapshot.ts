import type { DataSource } from 'typeorm';

/** The rights of a user. A permission is `<codename> <key of the object>`; the key is empty for every object. */
export interface Rights {
  readonly isSuperuser: boolean;
  readonly permissions: readonly string[];
}

/** The rights of all users at one moment, read from the tables independently of the service's statements. */
export interface Snapshot {
  readonly users: ReadonlyMap<number, { readonly isActive: boolean; readonly signIn: string }>;
  /** Returns the rights that members of a group get from it and its ancestors. */
  readonly above: (group: string) => Rights;
  readonly groupsOf: ReadonlyMap<number, readonly string[]>;
  readonly direct: ReadonlyMap<number, readonly string[]>;
}

type Tables = Record<'users' | 'groups' | 'members' | 'roles' | 'grants', any[]>;

const all = (columns: string, table: string): string =>
  `(select coalesce(json_agg(r), '[]') from (select ${columns} from "${table}") r)`;

const rows = `
  select ${all('id, is_active, username, email, password_hash', 'user')} as users,
         ${all('group_uuid, parent_uuid, is_superuser', 'group')} as groups,
         ${all('group_uuid, user_id', 'group_user')} as members,
         ${all('group_uuid, role_uuid', 'group_role')} as roles,
         ${all('user_id, role_uuid, codename, object_pk', 'permission_grant')} as grants`;

/** Reads the rights of all users, in one statement. */
export async function takeSnapshot(dataSource: DataSource): Promise<Snapshot> {
  const [{ users, groups, members, roles, grants }] = await dataSource.query<[Tables]>(rows);
  const granted = (column: 'user_id' | 'role_uuid', key: unknown): string[] =>
    grants
      .filter(({ codename }) => codename !== 'authentik_core.view_token_key')
      .filter((grant) => grant[column] === key)
      .map(({ codename, object_pk }) => `${codename} ${object_pk}`);
  const above = (key: string | null): Rights => {
    const group = groups.find(({ group_uuid }) => group_uuid === key);
    if (group === undefined) return { isSuperuser: false, permissions: [] };
    const parent = above(group.parent_uuid);
    const own = roles
      .filter(({ group_uuid }) => group_uuid === key)
      .flatMap(({ role_uuid }) => granted('role_uuid', role_uuid));
    const isSuperuser = group.is_superuser === true || parent.isSuperuser;
    return { isSuperuser, permissions: [...own, ...parent.permissions] };
  };
  return {
    users: new Map(
      users.map((row) => [
        row.id,
        { isActive: row.is_active, signIn: [row.username, row.email, row.password_hash].join(' ') },
      ]),
    ),
    above,
    groupsOf: new Map(
      users.map(({ id }) => [id, members.filter(({ user_id }) => user_id === id).map(({ group_uuid }) => group_uuid)]),
    ),
    direct: new Map(users.map(({ id }) => [id, granted('user_id', id)])),
  };
}

/**
 * Returns the rights of a user; none if the user is unknown or inactive.
 *
 * @param evenInactive treats an inactive user as active
 */
export function rightsOf(snapshot: Snapshot, pk: number, evenInactive = false): Rights {
  const { users, above, groupsOf, direct } = snapshot;
  const isEffective = evenInactive || users.get(pk)?.isActive === true;
  if (!isEffective) return { isSuperuser: false, permissions: [] };
  const groups = (groupsOf.get(pk) ?? []).map(above);
  return {
    isSuperuser: groups.some(({ isSuperuser }) => isSuperuser),
    permissions: [...(direct.get(pk) ?? []), ...groups.flatMap(({ permissions }) => permissions)],
  };
}
