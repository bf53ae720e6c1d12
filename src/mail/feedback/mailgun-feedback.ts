import { createHmac } from 'node:crypto';

import { isSame, type JsonObject, objectIn, optionalText, textIn, timeIn, wordsIn } from './feedback-json.js';
import { FeedbackFormatError, type FeedbackProvider, type FeedbackRequest } from './feedback-provider.js';
import type { FeedbackKind } from './feedback.entity.js';

/** Seconds that a signature is valid. Mailgun repeats a request for 8 hours. */
const validity = 86_400;

/**
 * Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads, signed as
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks describes. The signature does not
 * cover the event, only that Mailgun made it; TLS protects the rest.
 */
export const mailgunFeedback: FeedbackProvider = {
  name: 'mailgun',
  attempts: ['http/mailgun'],
  secrets: ({ emailFeedbackMailgun }) => emailFeedbackMailgun,
  isAuthentic: (request, secret, now) => {
    const { timestamp, token, signature } = signatureIn(request);
    if (![timestamp, token, signature].every((part) => typeof part === 'string')) return false;
    if (!/^\d{1,12}$/.test(String(timestamp)) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > validity) {
      return false;
    }
    const expected = createHmac('sha256', secret)
      .update(`${String(timestamp)}${String(token)}`)
      .digest('hex');
    return isSame(String(signature), expected);
  },
  read: (request) => {
    const event = objectIn(objectIn(request.json(), 'The body')['event-data'], 'event-data');
    const kind = kindOf(event);
    if (kind === undefined) return [];
    const headers = objectIn(objectIn(event['message'], 'message')['headers'], 'message.headers');
    const messageId = textIn(headers, 'message-id');
    return [
      {
        event: textIn(event, 'id'),
        kind,
        ids: [messageId, `<${messageId}>`],
        messageId,
        reason: wordsIn(objectIn(event['delivery-status'] ?? {}, 'delivery-status'), 'message', 'description'),
        happened: timeIn(event, 'timestamp'),
      },
    ];
  },
};

function kindOf(event: JsonObject): FeedbackKind | undefined {
  const name = textIn(event, 'event');
  if (name === 'complained') return 'complaint';
  // `old`: the server of the recipient did not take it for hours, but may take the next one.
  const isHard = optionalText(event, 'severity') === 'permanent' && optionalText(event, 'reason') !== 'old';
  return name === 'failed' && isHard ? 'bounce' : undefined;
}

function signatureIn(request: FeedbackRequest): JsonObject {
  try {
    return objectIn(objectIn(request.json(), 'The body')['signature'], 'signature');
  } catch (error) {
    if (error instanceof FeedbackFormatError) return {};
    throw error;
  }
}
