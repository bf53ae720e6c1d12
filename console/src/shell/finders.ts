import type { LinkProps } from '@tanstack/react-router';

import { api, contentOf } from '../api/client';
import type { IconName } from '../parts/icon';
import type { Permission } from '../session';
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
  readonly needs: Permission;
  readonly find: (search: string) => Promise<Found[]>;
}

/** Rows of each list. */
const page_size = 5;

/** What is searched apart from the screens, in this order. A further list is one entry. */
export const finders: readonly FinderSource[] = [
  {
    label: 'nav.users',
    icon: 'users',
    needs: 'view_user',
    find: async (search: string): Promise<Found[]> => {
      const { results } = await contentOf(api.GET('/core/users/', { params: { query: { search, page_size } } }));
      return results.map(({ pk, username, name, email = '' }) => ({
        key: String(pk),
        name: name === '' ? username : name,
        text: email,
        link: { to: '/users/$id', params: { id: String(pk) } },
      }));
    },
  },
  {
    label: 'nav.mails',
    icon: 'mail',
    needs: 'view_mailmessage',
    find: async (search: string): Promise<Found[]> => {
      const { results } = await contentOf(api.GET('/mail/messages/', { params: { query: { search, page_size } } }));
      return results.map(({ pk, recipient, subject }) => ({
        key: pk,
        name: recipient,
        text: subject === '' ? t('mails.noSubject') : subject,
        link: { to: '/mails/$pk', params: { pk } },
      }));
    },
  },
  {
    label: 'nav.settings',
    icon: 'settings',
    needs: 'superuser',
    find: async (search: string): Promise<Found[]> => {
      const settings = await contentOf(api.GET('/root/settings/'));
      const words = search.toLowerCase();
      return settings
        .filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(words))
        .slice(0, page_size)
        .map(({ name, description }) => ({
          key: name,
          name,
          text: description,
          link: { to: '/settings', search: { q: name } },
        }));
    },
  },
];
