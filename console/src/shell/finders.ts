import type { LinkProps } from '@tanstack/react-router';

import { api, contentOf } from '../api/client';
import type { IconName } from '../parts/icon';
import type { Permission } from '../session';
import { titleOf } from '../templates/titles';
import { t, type TextKey } from '../texts/texts';

/** A row that was found. */
export interface Found {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly link: Pick<LinkProps, 'to' | 'params' | 'search'>;
}

/** A list of the API that is searched. */
interface FinderSource {
  readonly label: TextKey;
  readonly icon: IconName;
  /** Undefined: every user has some. */
  readonly needs: Permission | undefined;
  readonly find: (search: string) => Promise<Found[]>;
}

/** Rows of each list. */
const page_size = 5;

/** The query of a list. */
const first = (search: string): { params: { query: { search: string; page_size: number } } } => ({
  params: { query: { search, page_size } },
});

const byKey = (to: LinkProps['to'], { pk, name }: { pk: string; name: string }, text = ''): Found => ({
  key: pk,
  name,
  text,
  link: { to, params: { pk } },
});

/** What is searched apart from the screens, in this order. A further list is one entry. */
export const finders: readonly FinderSource[] = [
  {
    label: 'nav.users',
    icon: 'users',
    needs: 'view_user',
    find: async (search) =>
      (await contentOf(api.GET('/core/users/', first(search)))).results.map(({ pk, username, name, email = '' }) => ({
        key: String(pk),
        name: name === '' ? username : name,
        text: email,
        link: { to: '/users/$id', params: { id: String(pk) } },
      })),
  },
  {
    label: 'nav.mails',
    icon: 'mail',
    needs: 'view_mailmessage',
    find: async (search) =>
      (await contentOf(api.GET('/mail/messages/', first(search)))).results.map(({ pk, recipient, subject }) =>
        byKey('/mails/$pk', { pk, name: recipient }, subject === '' ? t('mails.noSubject') : subject),
      ),
  },
  {
    label: 'nav.templates',
    icon: 'templates',
    needs: 'view_mailtemplate',
    find: async (search) =>
      (await contentOf(api.GET('/mail/templates/available/')))
        .filter((template) => hasWords(`${template.name} ${titleOf(template)} ${template.subject}`, search))
        .slice(0, page_size)
        .map((template) => ({
          key: template.name,
          name: titleOf(template),
          text: template.name,
          link: { to: '/templates/edit/$', params: { _splat: template.name } },
        })),
  },
  {
    label: 'senders.transports',
    icon: 'senders',
    needs: 'view_namedtransport',
    find: async (search) =>
      (await contentOf(api.GET('/mail/transports/', first(search)))).results.map(({ pk, name, servers }) => ({
        key: pk,
        name,
        text: servers.map(({ server }) => server).join(', '),
        link: { to: '/senders' },
      })),
  },
  {
    label: 'nav.flows',
    icon: 'flows',
    needs: 'view_flow',
    find: async (search) =>
      (await contentOf(api.GET('/flows/instances/', first(search)))).results.map(({ slug, name }) => ({
        key: slug,
        name,
        text: slug,
        link: { to: '/flows/$slug', params: { slug } },
      })),
  },
  {
    label: 'nav.stages',
    icon: 'stages',
    needs: 'view_stage',
    find: async (search) =>
      (await contentOf(api.GET('/stages/all/', first(search)))).results.map((stage) =>
        byKey('/stages/$pk', stage, stage.verbose_name),
      ),
  },
  {
    label: 'nav.groups',
    icon: 'groups',
    needs: 'view_group',
    find: async (search) =>
      (
        await contentOf(api.GET('/core/groups/', { params: { query: { search, page_size, include_users: false } } }))
      ).results.map((group) => byKey('/groups/$pk', group, group.parent_name ?? '')),
  },
  {
    label: 'nav.roles',
    icon: 'roles',
    needs: 'view_role',
    find: async (search) =>
      (await contentOf(api.GET('/rbac/roles/', first(search)))).results.map((role) => byKey('/roles/$pk', role)),
  },
  {
    label: 'nav.invitations',
    icon: 'invitations',
    needs: 'view_invitation',
    find: async (search) =>
      (await contentOf(api.GET('/stages/invitation/invitations/', first(search)))).results.map((invitation) =>
        byKey('/invitations/$pk', invitation, invitation.flow_obj?.name),
      ),
  },
  {
    label: 'nav.tokens',
    icon: 'tokens',
    needs: undefined,
    find: async (search) =>
      (await contentOf(api.GET('/core/tokens/', first(search)))).results.map(({ identifier, description = '' }) => ({
        key: identifier,
        name: identifier,
        text: description,
        link: { to: '/tokens/$identifier', params: { identifier } },
      })),
  },
  {
    label: 'nav.webhooks',
    icon: 'webhooks',
    needs: 'view_webhookendpoint',
    find: async (search) =>
      (await contentOf(api.GET('/webhooks/endpoints/', first(search)))).results.map((endpoint) =>
        byKey('/webhooks/$pk', endpoint, endpoint.url),
      ),
  },
  {
    label: 'notifications.rules',
    icon: 'notifications',
    needs: 'view_notificationrule',
    find: async (search) =>
      (await contentOf(api.GET('/events/rules/', first(search)))).results.map((rule) =>
        byKey('/notifications/rules/$pk', rule, rule.group_obj?.name),
      ),
  },
  {
    label: 'notifications.transports',
    icon: 'notifications',
    needs: 'view_notificationtransport',
    find: async (search) =>
      (await contentOf(api.GET('/events/transports/', first(search)))).results.map((transport) =>
        byKey('/notifications/transports/$pk', transport, transport.webhook_url),
      ),
  },
  {
    label: 'nav.policies',
    icon: 'policies',
    needs: 'view_policy',
    find: async (search: string): Promise<Found[]> => {
      const { results } = await contentOf(api.GET('/policies/all/', { params: { query: { search, page_size } } }));
      return results.map(({ pk, name, verbose_name: text }) => ({
        key: pk,
        name,
        text,
        link: { to: '/policies/$pk', params: { pk } },
      }));
    },
  },
  {
    label: 'nav.settings',
    icon: 'settings',
    needs: 'superuser',
    find: async (search) =>
      (await contentOf(api.GET('/root/settings/')))
        .filter(({ name, description }) => hasWords(`${name} ${description}`, search))
        .slice(0, page_size)
        .map(({ name, description }) => ({
          key: name,
          name,
          text: description,
          link: { to: '/settings', search: { q: name } },
        })),
  },
];

/** Whether each word is in a text, in any case. */
export function hasWords(text: string, words: string): boolean {
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}
