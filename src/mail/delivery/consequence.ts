import { type NewEvent, notificationsApp } from '../../events/event-log.js';
import type { FinishedAttempt } from '../outbox/finished-attempt.js';
import type { DueMessage } from '../outbox/message-store.js';
import { nextAttempt } from '../outbox/retry-schedule.js';
import type { Outcome } from '../transport/mail-transports.js';
import type { MailSender } from './mail-senders.js';

/** The effect of an attempt on its message. */
export type Consequence = Pick<FinishedAttempt, 'result' | 'next' | 'event'>;

/**
 * Returns the attempt's result, the message's next state and the event to write.
 *
 * @param provider as `TransportDescription` has it
 * @param message its `attempts` includes this attempt
 * @param random from 0 to 1, for the jitter of the retry
 */
export function consequenceOf(
  outcome: Outcome,
  provider: string,
  message: DueMessage,
  sender: MailSender,
  now: Date,
  random: number,
): Consequence {
  const by = { provider, transport: sender.transport };
  if (outcome.kind === 'captured') {
    return { result: { ...by, outcome: 'captured', reason: outcome.reason }, next: { state: 'captured' } };
  }
  const { kind: _, ...details } = outcome;
  if (outcome.kind === 'accepted') {
    const result = { ...details, ...by, outcome: 'accepted', reason: '' } as const;
    return { result, next: { state: 'sent' }, event: eventOf(message, sender) };
  }
  const quote = outcome.reply === undefined || outcome.reply === '' ? '' : ` Its reply: ${outcome.reply}`;
  const result = { ...details, ...by, outcome: outcome.kind, reason: `${outcome.reason}${quote}` };
  const retryAt = outcome.kind === 'refused' ? undefined : nextAttempt(message, now, random, outcome.retryAfter);
  if (retryAt !== undefined) return { result, next: { state: 'retrying', nextAttempt: retryAt } };
  return { result, next: { state: 'failed' }, event: eventOf(message, sender, result.reason) };
}

/**
 * Returns the `email_sent` or `email_failed` event of a message.
 *
 * @param failure reason of the failure; undefined for a sent mail
 */
export function eventOf(message: DueMessage, sender: MailSender, failure?: string): NewEvent {
  const isSent = failure === undefined;
  return {
    action: isSent ? 'email_sent' : 'email_failed',
    app: message.data.isNotification === true ? notificationsApp : 'authentik.stages.email',
    context: {
      message: `Email to ${message.recipientAddress} ${isSent ? 'sent' : 'not sent'}`,
      message_id: message.pk,
      stage: { pk: message.stageId, name: message.transportId === null ? sender.name : '' },
      template: message.template,
      subject: message.subject,
      from_email: sender.from.address,
      to_email: [message.recipientAddress],
      ...(isSent ? {} : { reason: failure }),
    },
  };
}
