import { AppError } from '../../../rest/errors/app-error.js';
import { hasLogin } from '../feedback-login.js';
import { FeedbackFormatError, type FeedbackProvider, type FeedbackRequest } from '../feedback-provider.js';
import { type MailReport, readReport } from './mail-report.js';

/**
 * Identifiers that servers give a mail in place of our `Message-ID`. Other servers have queue numbers there, which can be
 * guessed.
 */
const givenId = /^[\w.+-]{20,}@[\w.-]+\.(?:amazonses|outlook)\.com$/;

/**
 * Bounces and complaints that arrive as mails. The login proves only who hands the mail over: anyone can send a bounce. What
 * proves a report is that it names a mail by its `Message-ID` or ENVID, which contain a random UUID; it counts for the
 * recipient of that mail, regardless of the address in the report. A mail that cannot be read is accepted and changes nothing:
 * refused, it would be handed over again, before all others.
 */
export const messageFeedback: FeedbackProvider = {
  name: 'message',
  isOpen: true,
  attempts: ['smtp'],
  secrets: ({ emailFeedbackMessage }) => emailFeedbackMessage,
  isProven: hasLogin,
  isAuthentic: ({ headers }, secret) => hasLogin(headers, secret),
  read: async (request, now) => {
    const report = await reportOf(request);
    if (report === undefined) return [];
    const { kind, messageId, envelopeId, reason, date } = report;
    const mail = messageId ?? envelopeId;
    if (mail === undefined) return [];
    const ids = messageId !== undefined && givenId.test(messageId) ? [messageId] : [];
    // A server may report a delay several times.
    const event = `${kind}/${mail}`;
    return [{ event, kind, ids, messageId, envelopeId, reason, happened: isPast(date, now) ? date : now }];
  },
};

async function reportOf(request: FeedbackRequest): Promise<MailReport | undefined> {
  const source = bytesOf(request);
  if (source?.length === 0) throw new FeedbackFormatError('The body is not a mail.');
  // What the parser refuses is no report.
  return source && readReport(source).catch(() => undefined);
}

/** Returns undefined for a mail that is too large. */
function bytesOf(request: FeedbackRequest): Buffer | undefined {
  try {
    return request.body;
  } catch (error) {
    if (error instanceof AppError && error.code === 'bodyTooLarge') return undefined;
    throw error;
  }
}

function isPast(date: Date | undefined, now: Date): date is Date {
  return date !== undefined && date <= now && date.getUTCFullYear() >= 2000;
}
