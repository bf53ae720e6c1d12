import type { Columns } from '../rest/list/list-query.js';

/** Columns of a notification, for a query with the alias `notification`. */
export const notificationColumns = {
  pk: 'notification.pk',
  severity: 'notification.severity',
  body: 'notification.body',
  created: 'notification.created',
  event: 'notification.eventId',
  seen: 'notification.seen',
} satisfies Columns;
