import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Moment } from '../parts/moment';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { t } from '../texts/texts';
import { eventsQuery } from './queries';

/** What a user did. */
export function Events({ username }: { readonly username: string }): ReactNode {
  return (
    <Panel title={t('users.events')}>
      <Loaded query={useQuery(eventsQuery(username))} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="panel-text">{t('users.noEvents')}</p>
          ) : (
            <ul className="rows">
              {results.map((event) => (
                <li key={event.pk} className="row event">
                  <code>{event.action}</code>
                  <span className="row-soft" dir="auto">
                    {subjectOf(event)}
                  </span>
                  <span className="row-time">
                    <Moment time={event.created} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** What the event is about: its message, or the name of the object. */
function subjectOf({ context, client_ip: ip }: Schema<'Event'>): string {
  const { message, model } = (context ?? {}) as { message?: unknown; model?: { name?: unknown } };
  const subject = [message, model?.name].find((text) => typeof text === 'string') ?? '';
  return [subject, ip ?? ''].filter((part) => part !== '').join(' · ');
}
