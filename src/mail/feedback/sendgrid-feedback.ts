import { createPublicKey, verify } from 'node:crypto';

import { type JsonObject, objectIn, optionalText, textIn, timeIn, wordsIn } from './feedback-json.js';
import { type FeedbackEvent, FeedbackFormatError, type FeedbackProvider } from './feedback-provider.js';
import type { FeedbackKind } from './feedback.entity.js';

/** Why SendGrid did not send a mail at all, by the beginning of its words. */
const drops: readonly (readonly [start: string, kind: FeedbackKind])[] = [
  ['Bounced Address', 'bounce'],
  ['Invalid', 'bounce'],
  ['Spam Reporting Address', 'complaint'],
];

/**
 * SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event, signed as
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
 * describes. A repeated request is harmless, however old it is: its events are known, or their mails are gone.
 */
export const sendgridFeedback: FeedbackProvider = {
  name: 'sendgrid',
  attempts: ['http/sendgrid'],
  secrets: ({ emailFeedbackSendgrid }) => emailFeedbackSendgrid,
  isAuthentic: ({ headers, body }, secret) => {
    const signature = headers['x-twilio-email-event-webhook-signature'];
    const timestamp = headers['x-twilio-email-event-webhook-timestamp'];
    if (typeof signature !== 'string' || typeof timestamp !== 'string') return false;
    const key = createPublicKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'spki' });
    return verify('sha256', Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'base64'));
  },
  read: (request) => {
    const events = request.json();
    if (!Array.isArray(events)) throw new FeedbackFormatError('The body is not a list.');
    return events.flatMap((each: unknown) => {
      const event = objectIn(each, 'An event');
      const kind = kindOf(event);
      return kind === undefined ? [] : [feedbackOf(event, kind)];
    });
  },
};

function kindOf(event: JsonObject): FeedbackKind | undefined {
  switch (textIn(event, 'event')) {
    case 'bounce':
      // `blocked`: the server of the recipient may take the next mail.
      return optionalText(event, 'type') === 'blocked' ? undefined : 'bounce';
    case 'spamreport':
      return 'complaint';
    case 'dropped':
      return drops.find(([start]) => wordsIn(event, 'reason').startsWith(start))?.[1];
    default:
      return undefined;
  }
}

function feedbackOf(event: JsonObject, kind: FeedbackKind): FeedbackEvent {
  const id = textIn(event, 'sg_message_id');
  return {
    event: textIn(event, 'sg_event_id'),
    kind,
    // It begins with the X-Message-Id of the response to the mail, and parts of both are separated by dots.
    ids: [...id.matchAll(/\.|$/g)].map(({ index }) => id.slice(0, index)),
    messageId: optionalText(event, 'smtp-id'),
    reason: wordsIn(event, 'status', 'reason'),
    happened: timeIn(event, 'timestamp'),
  };
}
