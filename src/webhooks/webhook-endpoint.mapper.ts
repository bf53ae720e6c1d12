import type { Columns } from '../rest/list/list-query.js';
import type { WebhookEndpointDto } from './dto/webhook-endpoint.dto.js';

/** Columns of an endpoint, in a statement with the alias `endpoint`. Never a secret. */
export const webhookEndpointColumns = {
  pk: 'endpoint.pk',
  name: 'endpoint.name',
  description: 'endpoint.description',
  url: 'endpoint.url',
  event_types: 'endpoint.eventTypes',
  enabled: 'endpoint.enabled',
  previous_secret_until: 'endpoint.previousSecretUntil',
  failing_since: 'endpoint.failingSince',
  created: 'endpoint.created',
  last_updated: 'endpoint.lastUpdated',
} satisfies Columns;

/** A row of those columns. */
export type WebhookEndpointRow = Pick<WebhookEndpointDto, keyof typeof webhookEndpointColumns>;
