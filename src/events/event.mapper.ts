import type { Columns } from '../rest/list/list-query.js';
import type { EventDto } from './dto/event.dto.js';

/** What is read of an event for the clients, of a statement that calls it `event`. */
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

/** A row of those columns. */
export type EventRow = Pick<EventDto, keyof typeof eventColumns>;

/** An event as clients see it. */
export function eventAnswer(row: EventRow): EventDto {
  return { ...row, brand: {} };
}
