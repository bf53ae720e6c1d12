import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Icon, type IconName } from '../parts/icon';
import { type Permission, useSession } from '../session';
import { t, type TextKey } from '../texts/texts';

interface Entry {
  readonly to: NonNullable<LinkProps['to']>;
  readonly icon: IconName;
  readonly label: TextKey;
  /** Other words that the screen is searched by. */
  readonly words?: TextKey;
  /** One of them is enough to see the entry. */
  readonly needs: readonly Permission[];
}

interface Section {
  /** The overview stands above the sections, without a title. */
  readonly title?: TextKey;
  readonly entries: readonly Entry[];
}

const sections: readonly Section[] = [
  { entries: [{ to: '/', icon: 'overview', label: 'nav.overview', needs: [] }] },
  {
    title: 'nav.mail',
    entries: [
      { to: '/mails', icon: 'mail', label: 'nav.mails', words: 'finder.words.mails', needs: ['view_mailmessage'] },
      {
        to: '/templates',
        icon: 'templates',
        label: 'nav.templates',
        words: 'finder.words.templates',
        needs: ['view_mailtemplate'],
      },
      {
        to: '/senders',
        icon: 'senders',
        label: 'nav.senders',
        words: 'finder.words.senders',
        needs: ['view_namedtransport', 'view_maildomain'],
      },
      {
        to: '/suppressions',
        icon: 'blocked',
        label: 'nav.suppressions',
        words: 'finder.words.suppressions',
        needs: ['view_suppression'],
      },
    ],
  },
  {
    title: 'nav.flowSection',
    entries: [
      { to: '/flows', icon: 'flows', label: 'nav.flows', words: 'finder.words.flows', needs: ['view_flow'] },
      { to: '/stages', icon: 'stages', label: 'nav.stages', needs: ['view_stage'] },
      { to: '/policies', icon: 'policies', label: 'nav.policies', needs: ['view_policy'] },
    ],
  },
  {
    title: 'nav.people',
    entries: [
      { to: '/users', icon: 'users', label: 'nav.users', words: 'finder.words.users', needs: ['view_user'] },
      { to: '/groups', icon: 'groups', label: 'nav.groups', words: 'finder.words.groups', needs: ['view_group'] },
      { to: '/roles', icon: 'roles', label: 'nav.roles', words: 'finder.words.roles', needs: ['view_role'] },
      {
        to: '/invitations',
        icon: 'invitations',
        label: 'nav.invitations',
        words: 'finder.words.invitations',
        needs: ['view_invitation'],
      },
    ],
  },
  {
    title: 'nav.system',
    entries: [
      { to: '/events', icon: 'events', label: 'nav.events', words: 'finder.words.events', needs: ['view_event'] },
      // Every user has notifications and tokens of their own.
      { to: '/notifications', icon: 'notifications', label: 'nav.notifications', needs: [] },
      { to: '/tokens', icon: 'tokens', label: 'nav.tokens', words: 'finder.words.tokens', needs: [] },
      {
        to: '/webhooks',
        icon: 'webhooks',
        label: 'nav.webhooks',
        needs: ['view_webhookendpoint', 'view_webhookdelivery'],
      },
      {
        to: '/blueprints',
        icon: 'blueprints',
        label: 'nav.blueprints',
        words: 'finder.words.blueprints',
        needs: ['view_blueprintinstance'],
      },
      {
        to: '/settings',
        icon: 'settings',
        label: 'nav.settings',
        words: 'finder.words.settings',
        needs: ['superuser'],
      },
    ],
  },
];

/** Returns the screens that the visitor may see, in sections. */
export function useSections(): readonly Section[] {
  const { can } = useSession();
  return sections
    .map((section) => ({
      ...section,
      entries: section.entries.filter(({ needs }) => needs.length === 0 || needs.some(can)),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/** The screens that the visitor may see. */
export function Navigation(): ReactNode {
  const seen = useSections();
  return (
    <div className="nav">
      {seen.map(({ title, entries }) => (
        <div key={title ?? ''} className="nav-section">
          {title !== undefined && (
            <p className="nav-title" aria-hidden="true">
              {t(title)}
            </p>
          )}
          <ul aria-label={title === undefined ? undefined : t(title)}>
            {entries.map(({ to, icon, label }) => (
              <li key={to}>
                <Link to={to} activeOptions={{ exact: to === '/', includeSearch: false }} className="nav-link">
                  <Icon name={icon} />
                  {t(label)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <a href="/api/v3/docs/" className="nav-link">
        <Icon name="docs" />
        {t('nav.docs')}
      </a>
    </div>
  );
}
