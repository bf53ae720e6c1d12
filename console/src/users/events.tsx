import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { EventRow } from '../events/event-rows';
import { type EventFilter, eventsQuery } from '../events/queries';
import { Panel } from '../parts/page';
import { Loaded } from '../parts/states';
import { t } from '../texts/texts';

/** The latest events of a user, and about the user. */
export function Events({ user }: { readonly user: Schema<'User'> }): ReactNode {
  const all = (
    <Link to="/events" search={{ user: user.username }} className="text-link">
      {t('users.allEvents')}
    </Link>
  );
  const about = { context_model_app: 'authentik_core', context_model_name: 'user', context_model_pk: String(user.pk) };
  return (
    <>
      <Latest title={t('users.events')} filter={{ username: user.username }} aside={all} />
      <Latest title={t('users.eventsAbout')} filter={about} />
    </>
  );
}

interface LatestProps {
  readonly title: string;
  readonly filter: EventFilter;
  readonly aside?: ReactNode;
}

function Latest({ title, filter, aside }: LatestProps): ReactNode {
  return (
    <Panel title={title} aside={aside}>
      <Loaded query={useQuery(eventsQuery({ ...filter, page_size: 8 }))} lines={3}>
        {({ results }) =>
          results.length === 0 ? (
            <p className="panel-text">{t('users.noEvents')}</p>
          ) : (
            <ul className="rows">
              {results.map((event) => (
                <li key={event.pk}>
                  <EventRow event={event} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}
