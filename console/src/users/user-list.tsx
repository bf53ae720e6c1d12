import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Moment } from '../parts/moment';
import { Page } from '../parts/page';
import { Pager } from '../parts/pager';
import { Search } from '../parts/search';
import { Loaded, Note } from '../parts/states';
import type { ListSearch } from '../router';
import { t } from '../texts/texts';
import { usersQuery } from './queries';
import { Verified } from './verified';

const route = getRouteApi('/users');

const filters = [
  [undefined, 'mails.all'],
  ['yes', 'users.verified'],
  ['no', 'users.unverified'],
] as const;

/** The users that the API shows to the visitor. */
export function UserList(): ReactNode {
  const { q, verified, page } = route.useSearch();
  const navigate = route.useNavigate();
  const users = useQuery(
    usersQuery({
      ...(q !== undefined && { search: q }),
      ...(verified !== undefined && { email_verified: verified === 'yes' }),
      page: Number(page ?? 1),
    }),
  );
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  return (
    <Page title={t('nav.users')}>
      <div className="filters">
        <Search label={t('users.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
      </div>
      <nav className="tabs" aria-label={t('users.address')}>
        {filters.map(([value, label]) => (
          <Link
            key={label}
            from={route.id}
            search={(before: ListSearch) => ({ ...before, verified: value, page: undefined })}
            activeOptions={{ explicitUndefined: true }}
            aria-current={verified === value ? 'page' : undefined}
            className="tab"
          >
            {t(label)}
          </Link>
        ))}
      </nav>
      <Loaded query={users} lines={10}>
        {({ results, pagination }) =>
          results.length === 0 ? (
            <div className="panel">
              <Note icon="search" title={t('users.noneFound')} text={t('mails.noneFoundText')}>
                <Link from={route.id} search={{}} className="text-link">
                  {t('action.clear')}
                </Link>
              </Note>
            </div>
          ) : (
            <>
              <div className="panel">
                <ul className="rows" aria-label={t('users.list')}>
                  {results.map((user) => (
                    <li key={user.pk}>
                      <UserRow user={user} />
                    </li>
                  ))}
                </ul>
              </div>
              <Pager position={pagination} go={(to) => change({ page: String(to) })} />
            </>
          )
        }
      </Loaded>
    </Page>
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
