import type { Columns } from '../rest/list/list-query.js';
import type { WebhookAttemptDto, WebhookDeliveryDto } from './dto/webhook-delivery.dto.js';

/** Columns of a delivery, for a query with the aliases `delivery`, `event` and `endpoint`. Never the data of the event. */
export const webhookDeliveryColumns = {
  pk: 'delivery.pk',
  endpoint: 'delivery.endpointId',
  endpoint_name: 'endpoint.name',
  event: 'delivery.eventId',
  type: 'event.type',
  subject: 'event.subject',
  // `pg` returns a bigint as text.
  sequence: '(event.sequence::float8)',
  state: 'delivery.state',
  attempts: 'delivery.attempts',
  next_attempt: 'delivery.nextAttempt',
  created: 'delivery.created',
  finished: 'delivery.finished',
} satisfies Columns & Record<keyof WebhookDeliveryDto, string>;

/** Columns of an attempt, for a query with the alias `attempt`. */
export const webhookAttemptColumns = {
  number: 'attempt.number',
  started: 'attempt.started',
  milliseconds: 'attempt.milliseconds',
  status: 'attempt.status',
  error: 'attempt.error',
  answer: 'attempt.answer',
} satisfies Columns & Record<keyof WebhookAttemptDto, string>;
