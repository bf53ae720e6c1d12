import { Button, Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { ResourceForm } from '../parts/form/resource-form';
import { Icon } from '../parts/icon';
import { Line, Listing } from '../parts/listing';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { counted, t } from '../texts/texts';
import { groupPageQuery } from './queries';

const route = getRouteApi('/groups');

/** The groups of users. */
export function GroupList(): ReactNode {
  const { q, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const groups = useQuery(groupPageQuery({ ...(q !== undefined && { search: q }), page: Number(page ?? 1) }));
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  return (
    <Page
      title={t('nav.groups')}
      actions={
        can('add_group') && (
          <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
            {t('groups.create')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Search label={t('groups.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
      </div>
      <Listing
        query={groups}
        label={t('groups.list')}
        keyOf={({ pk }) => pk}
        row={(group) => <GroupRow group={group} />}
        empty={{ icon: 'groups', title: t('groups.empty'), text: t('groups.emptyText') }}
        clear={q === undefined ? undefined : () => void navigate({ search: {} })}
        go={(to) => change({ page: String(to) })}
      />
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('groups.create')}
        closeButtonProps={{ 'aria-label': t('action.cancel') }}
        size="lg"
      >
        <ResourceForm
          request="GroupRequest"
          label={t('groups.create')}
          layout={{ first: ['name', 'parent', 'roles'], hidden: ['users'] }}
          action={t('form.create')}
          save={(body: Schema<'GroupRequest'>) => contentOf(api.POST('/core/groups/', { body }))}
          saved={({ pk }) => {
            void client.invalidateQueries({ queryKey: ['groups'] });
            void navigate({ to: '/groups/$pk', params: { pk } });
          }}
          cancel={() => setOpen(false)}
        />
      </Modal>
    </Page>
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
