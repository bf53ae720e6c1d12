import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { MailRows } from '../mails/mail-rows';
import { mailsQuery } from '../mails/queries';
import { Back } from '../parts/back';
import { Facts } from '../parts/facts';
import { choiceLabel } from '../parts/form/field';
import { Moment } from '../parts/moment';
import { Page, Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { useSession } from '../session';
import { t } from '../texts/texts';
import { UserActions } from './actions';
import { Events } from './events';
import { Groups } from './groups';
import { UserPermissions } from './permissions';
import { addressesQuery, userQuery } from './queries';
import { Sessions } from './sessions';
import { Tokens } from './tokens';
import { Verified } from './verified';

type User = Schema<'User'>;

const route = getRouteApi('/users/$id');

/** A user: addresses and how they were verified, mails, sessions, events, permissions, groups and tokens. */
export function UserPage(): ReactNode {
  const id = Number(route.useParams().id);
  return (
    <Loaded query={useQuery(userQuery(id))} isPage>
      {(user) => <Shown key={id} user={user} />}
    </Loaded>
  );
}

function Shown({ user }: { readonly user: User }): ReactNode {
  const { can, user: me } = useSession();
  const isSelf = me.pk === user.pk;
  return (
    <Page
      title={user.name === '' ? user.username : user.name}
      above={<Back to="/users">{t('users.back')}</Back>}
      below={
        user.email !== '' && (
          <p className="page-below">
            <Verified isVerified={user.email_verified} />
            <span dir="auto">{user.email}</span>
          </p>
        )
      }
      actions={<UserActions user={user} />}
    >
      <div className="columns">
        <div>
          <Panel title={t('users.addresses')}>
            <Addresses user={user} />
          </Panel>
          {can('view_mailmessage') && user.email !== '' && <Mails user={user.pk} />}
          {(isSelf || can('view_authenticatedsession')) && <Sessions user={user} />}
          {can('view_event') && <Events user={user} />}
        </div>
        <div>
          <Panel title={t('mailPage.details')}>
            <Details user={user} />
          </Panel>
          <UserPermissions user={user} />
          <Groups user={user} />
          {(isSelf || me.is_superuser) && <Tokens user={user} />}
        </div>
      </div>
    </Page>
  );
}

function Addresses({ user }: { readonly user: User }): ReactNode {
  return (
    <Loaded query={useQuery(addressesQuery(user.pk))} lines={2}>
      {(addresses) =>
        addresses.length === 0 ? (
          <p className="panel-text">{t('users.noAddress')}</p>
        ) : (
          <ul className="rows">
            {addresses.map((address) => (
              <li key={address.address + address.since} className="row address">
                <span className="address-text" dir="auto">
                  {address.address}
                </span>
                <Verified isVerified={address.verified !== null} />
                <span className="row-soft address-how">
                  {address.verified !== null && (
                    <>
                      {t(address.method === null ? 'users.verifiedBy' : `users.by.${address.method}`)}{' '}
                      <Moment time={address.verified} exact />
                      {' · '}
                    </>
                  )}
                  {t(address.until === null ? 'users.since' : 'users.until')}{' '}
                  <Moment time={address.until ?? address.since} />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Loaded>
  );
}

/** Mails to the addresses that a user has or had. */
function Mails({ user }: { readonly user: number }): ReactNode {
  const mails = useQuery(mailsQuery(() => ({ user, page_size: 5 }), ['to', user]));
  const all = (
    <Link to="/mails" search={{ user: String(user) }} className="text-link">
      {t('mailPage.back')}
    </Link>
  );
  return (
    <Panel title={t('nav.mails')} aside={all}>
      <Loaded query={mails} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="panel-text">{t('users.noMails')}</p>
          ) : (
            <MailRows label={t('mails.list')} mails={results} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Details({ user }: { readonly user: User }): ReactNode {
  const { last_login: login = null, password_change_date: changed } = user;
  return (
    <Facts
      facts={[
        [t('users.username'), user.username],
        [t('users.status'), t(user.is_active === false ? 'users.inactive' : 'users.active')],
        [t('users.type'), user.type === undefined ? '' : choiceLabel(user.type)],
        [t('users.login'), login === null ? t('users.never') : <Moment key="login" time={login} exact />],
        [t('users.password'), <Moment key="password" time={changed} exact />],
      ]}
    />
  );
}
