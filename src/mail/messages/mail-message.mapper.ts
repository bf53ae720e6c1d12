import type { Columns } from '../../rest/list/list-query.js';
import type { MailFeedbackDto } from '../feedback/dto/mail-feedback.dto.js';
import type { DeliveryAttemptDto, MailMessageDto } from './dto/mail-message.dto.js';

/** Columns of a mail, for a query with the alias `message`. Never the template data, which is confidential. */
export const messageColumns = {
  pk: 'message.pk',
  message_id: 'message.messageId',
  state: 'message.state',
  stage: 'message.stageId',
  template: 'message.template',
  subject: 'message.subject',
  recipient: 'message.recipientAddress',
  recipient_name: 'message.recipientName',
  from_address: 'message.fromAddress',
  locale: 'message.locale',
  attempts: 'message.attempts',
  next_attempt: 'message.nextAttempt',
  deadline: 'message.deadline',
  reason: 'message.reason',
  created: 'message.created',
  finished: 'message.finished',
  transport: 'message.transportId',
} satisfies Columns & Record<keyof MailMessageDto, string>;

/** Columns of a delivery attempt, for a query with the alias `attempt`. */
export const attemptColumns = {
  number: 'attempt.number',
  started: 'attempt.started',
  ended: 'attempt.ended',
  outcome: 'attempt.outcome',
  code: 'attempt.code',
  reply: 'attempt.reply',
  reason: 'attempt.reason',
  server: 'attempt.server',
  tls: 'attempt.tls',
  provider: 'attempt.provider',
  transport: 'attempt.transport',
  provider_message_id: 'attempt.providerMessageId',
} satisfies Columns & Record<keyof DeliveryAttemptDto, string>;

/** Columns of feedback, for a query with the alias `feedback`. */
export const feedbackColumns = {
  kind: 'feedback.kind',
  provider: 'feedback.provider',
  reason: 'feedback.reason',
  happened: 'feedback.happened',
  received: 'feedback.received',
} satisfies Columns & Record<keyof MailFeedbackDto, string>;
