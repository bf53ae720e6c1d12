import { objectIn, optionalText, textIn, timeIn, wordsIn } from './feedback-json.js';
import { hasLogin } from './feedback-login.js';
import { FeedbackFormatError, type FeedbackProvider } from './feedback-provider.js';

/** Types of bounces after which a mail can never arrive: https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const hardTypes = ['HardBounce', 'BadEmailAddress'];

/**
 * Postmark: https://postmarkapp.com/developer/webhooks/bounce-webhook and …/spam-complaint-webhook. Requests have no
 * signature; they are authenticated by user name and password: https://postmarkapp.com/developer/webhooks/webhooks-overview
 */
export const postmarkFeedback: FeedbackProvider = {
  name: 'postmark',
  attempts: ['http/postmark'],
  secrets: ({ emailFeedbackPostmark }) => emailFeedbackPostmark,
  isProven: hasLogin,
  isAuthentic: ({ headers }, secret) => hasLogin(headers, secret),
  read: (request) => {
    const record = objectIn(request.json(), 'The body');
    const type = textIn(record, 'RecordType');
    const isComplaint = type === 'SpamComplaint' || record['Type'] === 'SpamComplaint';
    const isBounce = type === 'Bounce' && hardTypes.includes(optionalText(record, 'Type') ?? '');
    if (!isComplaint && !isBounce) return [];
    const { ID: id } = record;
    if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new FeedbackFormatError('ID is not a number.');
    return [
      {
        event: `${type}/${id}/${textIn(record, 'MessageID')}`,
        kind: isComplaint ? 'complaint' : 'bounce',
        ids: [textIn(record, 'MessageID')],
        reason: wordsIn(record, 'Description', 'Details'),
        happened: timeIn(record, 'BouncedAt'),
      },
    ];
  },
};
