import type { NewEvent } from '../../events/event-log.js';
import type { DueMessage, FinishedAttempt } from '../outbox/message-store.js';
import { nextAttempt } from '../outbox/retry-schedule.js';
import type { Outcome } from '../transport/mail-transports.js';
import type { MailSender } from './mail-senders.js';

/** What a try means for the message. */
export type Consequence = Pick<FinishedAttempt, 'result' | 'next' | 'event'>;

/**
 * @param message with the number of this try as its `attempts`
 * @param random from 0 to 1
 */
export function consequenceOf(
  outcome: Outcome | 'captured',
  message: DueMessage,
  sender: MailSender,
  now: Date,
  random: number,
): Consequence {
  if (outcome === 'captured') {
    const reason = 'No mail server is set (EMAIL_HOST): it is in the local mailbox.';
    return { result: { outcome: 'captured', reason }, next: { state: 'captured' } };
  }
  const { kind, ...details } = outcome;
  if (outcome.kind === 'accepted') {
    const result = { ...details, outcome: 'accepted', reason: '' } as const;
    return { result, next: { state: 'sent' }, event: eventOf(message, sender) };
  }
  const said = outcome.reply === undefined || outcome.reply === '' ? '' : ` It says: ${outcome.reply}`;
  const result = { ...details, outcome: outcome.kind, reason: `${outcome.reason}${said}` };
  const again = kind === 'refused' ? undefined : nextAttempt(message, now, random);
  if (again !== undefined) return { result, next: { state: 'retrying', nextAttempt: again } };
  return { result, next: { state: 'failed' }, event: eventOf(message, sender, result.reason) };
}

/**
 * The event that tells of a mail which was sent, or will not be.
 *
 * @param failure why not; undefined if it was sent
 */
export function eventOf(message: DueMessage, sender: MailSender, failure?: string): NewEvent {
  const isSent = failure === undefined;
  return {
    action: isSent ? 'email_sent' : 'email_failed',
    app: 'authentik.stages.email',
    context: {
      message: `Email to ${message.recipientAddress} ${isSent ? 'sent' : 'not sent'}`,
      message_id: message.pk,
      stage: { pk: message.stageId, name: sender.name },
      template: message.template,
      subject: message.subject,
      from_email: sender.fromAddress,
      to_email: [message.recipientAddress],
      ...(isSent ? {} : { reason: failure }),
    },
  };
}
