import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { mailsQuery } from '../mails/queries';
import { Icon } from '../parts/icon';
import { Panel } from '../parts/page';
import { domainsQuery } from '../senders/queries';
import { useSession } from '../session';
import { t, type TextKey } from '../texts/texts';
import { usersQuery } from '../users/queries';

/** The account that the first start creates. */
const administrator = 'akadmin';

interface Item {
  readonly title: TextKey;
  readonly state: 'done' | 'open' | 'unknown';
  readonly text: string;
}

/** What should be set up, as far as the API says whether it is. */
export function Setup(): ReactNode {
  const items = [useServer(), useDomain(), addressOfService(), ...useAdministrator()].filter(
    (item) => item !== undefined,
  );
  return (
    <Panel title={t('overview.setup')}>
      <ul className="checks">
        {items.map(({ title, state, text }) => (
          <li key={title} className="check" data-state={state}>
            <span className="check-mark">
              <Icon name={state === 'done' ? 'check' : state === 'open' ? 'alert' : 'clock'} size={14} />
            </span>
            <p className="check-title">
              {t(title)}
              <span className="unseen">{`: ${t(`overview.${state}`)}`}</span>
            </p>
            <p className="check-text">{text}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** Judged by the latest mail that was sent or kept in the local mailbox: the API has no settings. */
function useServer(): Item | undefined {
  const isSeen = useSession().can('view_mailmessage');
  const filter = { state: ['sent' as const, 'captured' as const], ordering: '-finished', page_size: 1 };
  const { data } = useQuery({ ...mailsQuery(() => filter, ['latest']), enabled: isSeen });
  if (data === undefined) return undefined;
  const title = 'setup.server';
  const [latest] = data.results;
  if (latest === undefined) return { title, state: 'unknown', text: t('setup.serverUnknown') };
  if (latest.state === 'captured') return { title, state: 'open', text: t('setup.serverLocal') };
  return { title, state: 'done', text: t('setup.serverDone') };
}

function useDomain(): Item | undefined {
  const isSeen = useSession().can('view_maildomain');
  const { data } = useQuery({ ...domainsQuery, enabled: isSeen });
  if (data === undefined) return undefined;
  const title = 'setup.domain';
  const isActive = ({ signing, keys }: (typeof data.results)[number]): boolean =>
    signing && keys.some(({ state }) => state === 'active');
  const signed = data.results.filter(isActive);
  const name = signed.map((domain) => domain.name).join(', ');
  if (signed.length > 0) return { title, state: 'done', text: t('setup.domainDone', { name }) };
  const [pending] = data.results;
  if (pending === undefined) return { title, state: 'open', text: t('setup.domainOpen') };
  return { title, state: 'open', text: t('setup.domainPending', { name: pending.name }) };
}

function addressOfService(): Item {
  const title = 'setup.url';
  const { protocol, hostname } = window.location;
  if (protocol === 'https:') return { title, state: 'done', text: t('setup.urlDone') };
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return { title, state: 'open', text: t(isHere ? 'setup.urlLocal' : 'setup.urlOpen') };
}

/** Whether akadmin can sign in, and get back into the account. */
function useAdministrator(): readonly Item[] {
  const isSeen = useSession().can('view_user');
  const { data } = useQuery({ ...usersQuery({ username: administrator }), enabled: isSeen });
  const [user] = data?.results ?? [];
  if (user === undefined) return [];
  const { has_password: hasPassword, email_verified: isVerified } = user;
  return [
    {
      title: 'setup.password',
      state: hasPassword ? 'done' : 'open',
      text: t(hasPassword ? 'setup.passwordDone' : 'setup.passwordOpen'),
    },
    {
      title: 'setup.address',
      state: isVerified ? 'done' : 'open',
      text: t(isVerified ? 'setup.addressDone' : 'setup.addressOpen'),
    },
  ];
}
