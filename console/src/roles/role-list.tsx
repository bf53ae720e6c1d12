import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf } from '../api/client';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { Line, Listing } from '../parts/listing';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import type { ListSearch } from '../router';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { rolesQuery } from './queries';

const route = getRouteApi('/roles');

/** The roles: sets of permissions that groups give to their members. */
export function RoleList(): ReactNode {
  const { q, page } = route.useSearch();
  const navigate = route.useNavigate();
  const { can } = useSession();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const roles = useQuery(rolesQuery({ ...(q !== undefined && { search: q }), page: Number(page ?? 1) }));
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  return (
    <Page
      title={t('nav.roles')}
      actions={
        can('add_role') && (
          <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
            {t('roles.create')}
          </Button>
        )
      }
    >
      <div className="filters">
        <Search label={t('roles.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
      </div>
      <Listing
        query={roles}
        label={t('roles.list')}
        keyOf={({ pk }) => pk}
        row={(role) => (
          <Link to="/roles/$pk" params={{ pk: role.pk }} className="row line">
            <Line main={role.name} />
          </Link>
        )}
        empty={{ icon: 'roles', title: t('roles.empty'), text: t('roles.emptyText') }}
        clear={q === undefined ? undefined : () => void navigate({ search: {} })}
        go={(to) => change({ page: String(to) })}
      />
      <Dialog
        title={t('roles.create')}
        text={t('roles.createText')}
        label={t('form.create')}
        isOpen={isOpen}
        isDisabled={name.trim() === ''}
        close={() => {
          setOpen(false);
          setName('');
        }}
        act={async () => {
          const { pk } = await contentOf(api.POST('/rbac/roles/', { body: { name: name.trim() } }));
          void client.invalidateQueries({ queryKey: ['roles'] });
          void navigate({ to: '/roles/$pk', params: { pk } });
        }}
      >
        <TextInput
          mt="md"
          label={t('roles.name')}
          maxLength={150}
          value={name}
          data-autofocus
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
      </Dialog>
    </Page>
  );
}
