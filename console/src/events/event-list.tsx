import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Listing } from '../parts/listing';
import { Page } from '../parts/page';
import { Search } from '../parts/search';
import type { ListSearch } from '../router';
import { t } from '../texts/texts';
import { EventRow } from './event-rows';
import { eventsQuery } from './queries';
import { actionText } from './words';

const route = getRouteApi('/events');

/** The actions that this service records. */
const actions = [
  'login',
  'login_failed',
  'logout',
  'password_set',
  'user_write',
  'invitation_used',
  'secret_view',
  'secret_rotate',
  'model_created',
  'model_updated',
  'model_deleted',
  'email_sent',
  'email_failed',
  'suspicious_request',
  'configuration_error',
  'policy_exception',
  'system_exception',
] as const;

/** What happened, the newest first. */
export function EventList(): ReactNode {
  const { q, kind, user, page } = route.useSearch();
  const navigate = route.useNavigate();
  const events = useQuery(
    eventsQuery({
      ...(q !== undefined && { search: q }),
      ...(kind !== undefined && { action: kind }),
      ...(user !== undefined && { username: user }),
      page: Number(page ?? 1),
    }),
  );
  const change = (changed: ListSearch): void =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...changed }), replace: true });
  const isFiltered = [q, kind, user].some((value) => value !== undefined);
  return (
    <Page title={t('nav.events')}>
      <div className="filters">
        <Search label={t('events.search')} value={q ?? ''} change={(terms) => change({ q: terms })} />
        <Search label={t('events.user')} value={user ?? ''} change={(name) => change({ user: name })} />
        <NativeSelect
          aria-label={t('events.action')}
          value={kind ?? ''}
          onChange={({ currentTarget }) => change({ kind: currentTarget.value })}
          data={[
            { value: '', label: t('events.anyAction') },
            ...actions.map((action) => ({ value: action, label: actionText(action) })),
          ]}
        />
      </div>
      <Listing
        query={events}
        label={t('events.list')}
        keyOf={({ pk }) => pk}
        row={(event) => <EventRow event={event} />}
        empty={{ icon: 'events', title: t('events.empty'), text: t('events.emptyText') }}
        clear={isFiltered ? () => void navigate({ search: {} }) : undefined}
        go={(to) => change({ page: String(to) })}
      />
    </Page>
  );
}
