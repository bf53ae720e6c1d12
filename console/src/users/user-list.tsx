import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { api, contentOf, type Schema } from '../api/client';
import { TabFilter } from '../parts/filters';
import { NewButton } from '../parts/form/form-dialog';
import { ListPage, useList } from '../parts/list-page';
import { Moment } from '../parts/moment';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { usersQuery } from './queries';
import { Verified } from './verified';

/** The users that the API shows to the visitor. */
export function UserList(): ReactNode {
  const { search, filter } = useList();
  const { can } = useSession();
  const navigate = useNavigate();
  const client = useQueryClient();
  return (
    <ListPage
      title={t('nav.users')}
      actions={
        can('add_user') && (
          <NewButton
            title={t('users.create')}
            request="UserRequest"
            layout={{ first: ['username', 'name', 'email'], hidden: ['last_login', 'is_active', 'path'] }}
            save={(body: Schema<'UserRequest'>) => contentOf(api.POST('/core/users/', { body }))}
            saved={({ pk }) => {
              void client.invalidateQueries({ queryKey: ['users'] });
              void navigate({ to: '/users/$id', params: { id: String(pk) } });
            }}
          />
        )
      }
      find={t('users.search')}
      tabs={
        <TabFilter
          name="verified"
          label={t('users.address')}
          tabs={[
            { value: undefined, label: t('mails.all') },
            { value: 'yes', label: t('users.verified') },
            { value: 'no', label: t('users.unverified') },
          ]}
        />
      }
      query={useQuery(
        usersQuery({
          ...filter,
          ...(search.verified !== undefined && { email_verified: search.verified === 'yes' }),
        }),
      )}
      label={t('users.list')}
      keyOf={({ pk }) => pk}
      row={(user) => <UserRow user={user} />}
      empty={{ icon: 'users', title: t('users.empty'), text: t('users.emptyText') }}
    />
  );
}

function UserRow({ user }: { readonly user: Schema<'User'> }): ReactNode {
  return (
    <Link to="/users/$id" params={{ id: String(user.pk) }} className="row user-row">
      <span className="user-row-text">
        <span className="row-main" dir="auto">
          {user.name === '' ? user.username : user.name}
        </span>
        <span className="row-soft" dir="auto">
          {user.name === '' ? '' : user.username}
        </span>
      </span>
      <span className="row-soft" dir="auto">
        {user.email}
      </span>
      <span>{user.email !== '' && <Verified isVerified={user.email_verified} />}</span>
      <span className="row-time">
        {user.is_active === false && t('users.inactive')}
        {user.is_active !== false && user.last_login != null && <Moment time={user.last_login} />}
        {user.is_active !== false && user.last_login == null && t('users.never')}
      </span>
    </Link>
  );
}
