import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { useLive } from '../live';
import { ChoiceFilter, SearchFilter } from '../parts/filters';
import { ListPage, useList } from '../parts/list-page';
import { t } from '../texts/texts';
import { EventRow } from './event-rows';
import { eventsQuery } from './queries';
import { actionText } from './words';

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
  const {
    search: { kind, user },
    filter,
  } = useList();
  useLive();
  return (
    <ListPage
      title={t('nav.events')}
      find={t('events.search')}
      filters={
        <>
          <SearchFilter name="user" label={t('events.user')} />
          <ChoiceFilter
            name="kind"
            label={t('events.action')}
            any={t('events.anyAction')}
            choices={actions.map((action) => ({ value: action, label: actionText(action) }))}
          />
        </>
      }
      query={useQuery(
        eventsQuery({
          ...filter,
          ...(kind !== undefined && { action: kind }),
          ...(user !== undefined && { username: user }),
        }),
      )}
      label={t('events.list')}
      keyOf={({ pk }) => pk}
      row={(event) => <EventRow event={event} />}
      empty={{ icon: 'events', title: t('events.empty'), text: t('events.emptyText') }}
    />
  );
}
