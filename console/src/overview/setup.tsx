import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { domainsQuery } from '../senders/queries';
import { useSession } from '../session';
import { t, type TextKey } from '../texts/texts';
import { usersQuery } from '../users/queries';
import { useMailServer } from './mail-server';

/** The account that the first start creates. */
const administrator = 'akadmin';

/** What should be set up, and where one does it. */
export interface SetupItem {
  readonly title: TextKey;
  readonly state: 'done' | 'open' | 'unknown';
  readonly text: string;
  /** The screen for it; undefined if the visitor may not see it. */
  readonly link?: Pick<LinkProps, 'to' | 'params' | 'search'> | undefined;
}

/** What should be set up, as far as the API says whether it is. */
export function Setup(): ReactNode {
  const items = [useMailServer(), useDomain(), useAddressOfService(), ...useAdministrator()].filter(
    (item) => item !== undefined,
  );
  return (
    <Panel title={t('overview.setup')}>
      <ul className="checks">
        {items.map(({ title, state, text, link }) => (
          <li key={title} className="check" data-state={state}>
            <span className="check-mark">
              <Icon name={state === 'done' ? 'check' : state === 'open' ? 'alert' : 'clock'} size={14} />
            </span>
            <p className="check-title">
              {link === undefined ? (
                t(title)
              ) : (
                <Link {...link} className="check-link">
                  {t(title)}
                </Link>
              )}
              <span className="unseen">{`: ${t(`overview.${state}`)}`}</span>
            </p>
            <p className="check-text">{text}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function useDomain(): SetupItem | undefined {
  const isSeen = useSession().can('view_maildomain');
  const { data } = useQuery({ ...domainsQuery, enabled: isSeen });
  if (data === undefined) return undefined;
  const title = 'setup.domain';
  const link = { to: '/senders' } as const;
  const isActive = ({ signing, keys }: (typeof data.results)[number]): boolean =>
    signing && keys.some(({ state }) => state === 'active');
  const signed = data.results.filter(isActive);
  const name = signed.map((domain) => domain.name).join(', ');
  if (signed.length > 0) return { title, state: 'done', text: t('setup.domainDone', { name }), link };
  const [pending] = data.results;
  if (pending === undefined) return { title, state: 'open', text: t('setup.domainOpen'), link };
  return { title, state: 'open', text: t('setup.domainPending', { name: pending.name }), link };
}

function useAddressOfService(): SetupItem {
  const { user } = useSession();
  const title = 'setup.url';
  const link = user.is_superuser ? ({ to: '/settings', search: { q: 'PUBLIC_URL' } } as const) : undefined;
  const { protocol, hostname } = window.location;
  if (protocol === 'https:') return { title, state: 'done', text: t('setup.urlDone'), link };
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return { title, state: 'open', text: t(isHere ? 'setup.urlLocal' : 'setup.urlOpen'), link };
}

/** Whether akadmin can sign in, and get back into the account. */
function useAdministrator(): readonly SetupItem[] {
  const isSeen = useSession().can('view_user');
  const { data } = useQuery({ ...usersQuery({ username: administrator }), enabled: isSeen });
  const [user] = data?.results ?? [];
  if (user === undefined) return [];
  const link = { to: '/users/$id', params: { id: String(user.pk) } } as const;
  const { has_password: hasPassword, email_verified: isVerified } = user;
  return [
    {
      title: 'setup.password',
      state: hasPassword ? 'done' : 'open',
      text: t(hasPassword ? 'setup.passwordDone' : 'setup.passwordOpen'),
      link,
    },
    {
      title: 'setup.address',
      state: isVerified ? 'done' : 'open',
      text: t(isVerified ? 'setup.addressDone' : 'setup.addressOpen'),
      link,
    },
  ];
}
