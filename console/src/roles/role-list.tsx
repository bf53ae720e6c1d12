import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';

import { api, contentOf } from '../api/client';
import { Dialog } from '../parts/dialog';
import { Icon } from '../parts/icon';
import { ListPage, useList } from '../parts/list-page';
import { Line } from '../parts/listing';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { rolesQuery } from './queries';

/** The roles: sets of permissions that groups give to their members. */
export function RoleList(): ReactNode {
  const { filter } = useList();
  const { can } = useSession();
  return (
    <ListPage
      title={t('nav.roles')}
      actions={can('add_role') && <NewRole />}
      find={t('roles.search')}
      query={useQuery(rolesQuery(filter))}
      label={t('roles.list')}
      keyOf={({ pk }) => pk}
      row={(role) => (
        <Link to="/roles/$pk" params={{ pk: role.pk }} className="row line">
          <Line main={role.name} />
        </Link>
      )}
      empty={{ icon: 'roles', title: t('roles.empty'), text: t('roles.emptyText') }}
    />
  );
}

function NewRole(): ReactNode {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  return (
    <>
      <Button leftSection={<Icon name="add" />} onClick={() => setOpen(true)}>
        {t('roles.create')}
      </Button>
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
    </>
  );
}
