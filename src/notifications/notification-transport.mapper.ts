import type { Columns } from '../rest/list/list-query.js';
import type { NotificationMode } from '../webhooks/notification-transport.entity.js';
import type { NotificationTransportDto } from './dto/notification-transport.dto.js';

/** Columns of a transport, for a query with the alias `transport`. */
export const notificationTransportColumns = {
  pk: 'transport.pk',
  name: 'transport.name',
  mode: 'transport.mode',
  webhook_url: 'transport.webhookUrl',
  send_once: 'transport.sendOnce',
} satisfies Columns;

/** A row of `notificationTransportColumns`. */
export type NotificationTransportRow = Pick<NotificationTransportDto, keyof typeof notificationTransportColumns>;

const modeNames: Readonly<Record<NotificationMode, string>> = {
  local: 'Notifications in the API',
  webhook: 'Webhook',
  webhook_slack: 'Slack or Discord webhook',
  email: 'Email',
};

/** Returns the response for a transport. */
export function notificationTransportResponse(row: NotificationTransportRow): NotificationTransportDto {
  const { pk, name, mode, webhook_url, send_once } = row;
  return { pk, name, mode, mode_verbose: modeNames[mode], webhook_url, webhook_mapping: null, send_once };
}
