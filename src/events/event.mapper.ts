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
  expires: 'event.expires',
} satisfies Columns;

/** A row of `eventColumns`. */
export type EventRow = Pick<EventDto, keyof typeof eventColumns>;

/** Maps a row to the event representation. */
export function eventResponse(row: EventRow): EventDto {
  return { ...row, brand: {} };
}
