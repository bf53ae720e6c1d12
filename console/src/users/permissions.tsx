import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { groupsQuery } from '../groups/queries';
import { Panel } from '../parts/page';
import { Grants } from '../permissions/grants';
import { HeldPermissions } from '../permissions/held';
import { permissionsQuery } from '../permissions/queries';
import { useSession } from '../session';
import { t } from '../texts/texts';

type User = Schema<'User'>;
type Group = Schema<'Group'>;

/** What a user may do, and why: by themselves, or by the roles of their groups and the groups above. */
export function UserPermissions({ user }: { readonly user: User }): ReactNode {
  const { can, user: me } = useSession();
  const mayManage = me.is_superuser || !user.is_superuser;
  return (
    <Panel title={t('permissions.title')}>
      {user.is_superuser && <p className="panel-text">{t('permissions.superuser')}</p>}
      <HeldPermissions
        holder={{ user: user.pk }}
        name={user.username}
        mayGive={mayManage && can('assign_user_permissions')}
        mayTake={mayManage && can('unassign_user_permissions')}
        none={t(user.is_superuser ? 'permissions.noneDirect' : 'permissions.none')}
      />
      {can('view_group') && can('view_role') && <Inherited user={user} />}
    </Panel>
  );
}

function Inherited({ user }: { readonly user: User }): ReactNode {
  const groups = useQuery(groupsQuery).data?.results ?? [];
  const sources = groupsOf(user, groups).flatMap((group) => group.roles_obj.map((role) => ({ group, role })));
  const grants = useQueries({ queries: sources.map(({ role }) => permissionsQuery({ role: role.pk })) });
  return sources.map(({ group, role }, index) => (
    <section key={`${group.pk} ${role.pk}`} aria-label={role.name}>
      <p className="source">
        {t('permissions.byRole')}{' '}
        <Link to="/roles/$pk" params={{ pk: role.pk }} className="text-link">
          {role.name}
        </Link>{' '}
        {t('permissions.ofGroup')}{' '}
        <Link to="/groups/$pk" params={{ pk: group.pk }} className="text-link">
          {group.name}
        </Link>
      </p>
      <Grants holder={role.name} permissions={grants[index]?.data?.results ?? []} />
    </section>
  ));
}

/** The groups of a user and those above them. */
function groupsOf({ groups: own = [] }: User, all: readonly Group[]): Group[] {
  const found = new Set<Group>();
  const visit = (pk: string | null | undefined): void => {
    const group = all.find((each) => each.pk === pk);
    if (group === undefined || found.has(group)) return;
    found.add(group);
    visit(group.parent);
  };
  own.forEach(visit);
  return [...found];
}
