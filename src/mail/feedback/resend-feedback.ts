import { signatureOf } from '../../outgoing/standard-webhook.js';
import { isSame, objectIn, optionalText, textIn, timeIn, wordsIn } from './feedback-json.js';
import { FeedbackFormatError, type FeedbackProvider, type FeedbackRequest } from './feedback-provider.js';

/** Seconds by which the clocks may differ: https://docs.svix.com/receiving/verifying-payloads/how-manual */
const tolerance = 300;

/**
 * Resend: https://resend.com/docs/webhooks/emails/bounced and …/complained. Requests are signed as
 * https://resend.com/docs/webhooks/verify-webhooks-requests describes, with the header fields of Svix.
 */
export const resendFeedback: FeedbackProvider = {
  name: 'resend',
  attempts: ['http/resend'],
  secrets: ({ emailFeedbackResend }) => emailFeedbackResend,
  isAuthentic: (request, secret, now) => {
    const [id, timestamp, signatures] = ['svix-id', 'svix-timestamp', 'svix-signature'].map((name) =>
      headerOf(request, name),
    );
    if (id === undefined || timestamp === undefined || signatures === undefined) return false;
    if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now.getTime() / 1000 - Number(timestamp)) > tolerance) return false;
    const expected = signatureOf({ id, body: request.body.toString('utf8') }, timestamp, secret);
    return signatures.split(' ').some((signature) => isSame(signature, expected));
  },
  read: (request) => {
    const content = objectIn(request.json(), 'The body');
    const type = textIn(content, 'type');
    if (type !== 'email.bounced' && type !== 'email.complained') return [];
    const data = objectIn(content['data'], 'data');
    const bounce = type === 'email.bounced' ? objectIn(data['bounce'] ?? {}, 'data.bounce') : {};
    if ((optionalText(bounce, 'type') ?? 'Permanent') !== 'Permanent') return [];
    const event = headerOf(request, 'svix-id');
    if (event === undefined || event.length > 200) throw new FeedbackFormatError('svix-id is not an identifier.');
    return [
      {
        event,
        kind: type === 'email.bounced' ? 'bounce' : 'complaint',
        ids: [textIn(data, 'email_id')],
        reason: wordsIn(bounce, 'subType', 'message'),
        happened: timeIn(content, 'created_at'),
      },
    ];
  },
};

function headerOf({ headers }: FeedbackRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
