import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { NewButton } from '../parts/form/form-dialog';
import { ListPage, useList } from '../parts/list-page';
import { Line } from '../parts/listing';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { groupPageQuery } from './queries';

/** The groups of users. */
export function GroupList(): ReactNode {
  const { filter } = useList();
  const navigate = useNavigate();
  const { can } = useSession();
  const client = useQueryClient();
  return (
    <ListPage
      title={t('nav.groups')}
      actions={
        can('add_group') && (
          <NewButton
            title={t('groups.create')}
            request="GroupRequest"
            layout={{ first: ['name', 'parent', 'roles'], hidden: ['users'] }}
            save={(body: Schema<'GroupRequest'>) => contentOf(api.POST('/core/groups/', { body }))}
            saved={({ pk }) => {
              void client.invalidateQueries({ queryKey: ['groups'] });
              void navigate({ to: '/groups/$pk', params: { pk } });
            }}
          />
        )
      }
      find={t('groups.search')}
      query={useQuery(groupPageQuery(filter))}
      label={t('groups.list')}
      keyOf={({ pk }) => pk}
      row={(group) => <GroupRow group={group} />}
      empty={{ icon: 'groups', title: t('groups.empty'), text: t('groups.emptyText') }}
    />
  );
}

function GroupRow({ group }: { readonly group: Schema<'Group'> }): ReactNode {
  const roles = group.roles_obj.map(({ name }) => name).join(', ');
  return (
    <Link to="/groups/$pk" params={{ pk: group.pk }} className="row line">
      <Line
        main={group.name}
        below={group.parent_name === null ? '' : t('groups.below', { name: group.parent_name })}
        middle={group.is_superuser === true ? t('groups.superuser') : roles}
        end={counted('groups.members', group.users?.length ?? 0)}
      />
    </Link>
  );
}
