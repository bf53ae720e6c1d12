import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import type { Schema } from '../api/client';
import { Line } from '../parts/listing';
import { Moment } from '../parts/moment';
import { t } from '../texts/texts';
import { actionText, actorOf, subjectOf } from './words';

/** A row of a list of events, which leads to its page. */
export function EventRow({ event }: { readonly event: Schema<'Event'> }): ReactNode {
  const { username } = actorOf(event);
  return (
    <Link to="/events/$pk" params={{ pk: event.pk }} className="row line">
      <Line
        main={actionText(event.action)}
        below={subjectOf(event)}
        middle={[username === '' ? t('events.service') : username, event.client_ip ?? '']
          .filter((part) => part !== '')
          .join(' · ')}
        end={<Moment time={event.created} />}
      />
    </Link>
  );
}
