import type { Columns } from '../rest/list/list-query.js';
import type { EventDto } from './dto/event.dto.js';

/** Columns of the event representation, for a query with the alias `event`. */
export const eventColumns = {
  pk: 'event.pk',
  user: 'event.user',
  action: 'event.action',
  app: 'event.app',
  context: 'event.context',
  client_ip: 'event.clientIp',
  created: 'event.created',
  // An event expires a fixed time after it was created.
  expires: 'event.created',
} satisfies Columns;

/** A row of `eventColumns`. */
export type EventRow = Pick<EventDto, keyof typeof eventColumns>;

const msPerDay = 86_400_000;

/** Returns the mapper of rows to the event representation, for a number of days that events are kept; 0: always. */
export function eventResponse(retention: number): (row: EventRow) => EventDto {
  return ({ expires: _, ...row }) => ({
    ...row,
    ...(retention > 0 && { expires: new Date(row.created.getTime() + retention * msPerDay) }),
    brand: {},
  });
}
