import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Icon, type IconName } from '../parts/icon';
import { type Permission, useSession } from '../session';
import { t, type TextKey } from '../texts/texts';

interface Entry {
  readonly to: NonNullable<LinkProps['to']>;
  readonly icon: IconName;
  readonly label: TextKey;
  /** One of them is enough to see the entry. */
  readonly needs: readonly Permission[];
}

const entries: readonly Entry[] = [
  { to: '/', icon: 'overview', label: 'nav.overview', needs: [] },
  { to: '/mails', icon: 'mail', label: 'nav.mails', needs: ['view_mailmessage'] },
  { to: '/users', icon: 'users', label: 'nav.users', needs: ['view_user'] },
  { to: '/senders', icon: 'senders', label: 'nav.senders', needs: ['view_namedtransport', 'view_maildomain'] },
];

/** The screens that the visitor may see. */
export function Navigation(): ReactNode {
  const { can } = useSession();
  const seen = entries.filter(({ needs }) => needs.length === 0 || needs.some(can));
  return (
    <ul className="nav">
      {seen.map(({ to, icon, label }) => (
        <li key={to}>
          <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }} className="nav-link">
            <Icon name={icon} />
            {t(label)}
          </Link>
        </li>
      ))}
      <li>
        <a href="/api/v3/docs/" className="nav-link">
          <Icon name="docs" />
          {t('nav.docs')}
        </a>
      </li>
    </ul>
  );
}
