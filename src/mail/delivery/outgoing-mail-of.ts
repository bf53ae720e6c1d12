import { isIP } from 'node:net';

import { publicUrl, type Settings } from '../../config/settings.js';
import { readMailAddress } from '../../syntax/mail-address.js';
import type { DueMessage } from '../outbox/message-store.js';
import type { RenderedMail } from '../rendering/mail-renderer.js';
import type { OutgoingMail } from '../transport/outgoing-mail.js';
import type { MailSender } from './mail-senders.js';

/** What the content of a mail depends on. */
type Addressed = Pick<DueMessage, 'pk' | 'messageId' | 'recipientName' | 'recipientAddress' | 'created' | 'data'>;

/**
 * Returns the mail of a message, with the header fields of the settings. A mail with a code has it in a form that mail
 * clients fill in only where it is entered: on the pages of this service, or in an application.
 *
 * @param code one-time code of the mail
 */
export function outgoingMailOf(
  message: Addressed,
  sender: MailSender,
  rendered: RenderedMail,
  code: string | undefined,
  settings: Settings,
): OutgoingMail {
  const { emailReplyTo, emailFeedbackId } = settings;
  const { codeOrigin = publicUrl(settings) } = message.data;
  const bound = code === undefined || codeOrigin === null ? undefined : boundCode(code, rendered, codeOrigin);
  return {
    pk: message.pk,
    messageId: message.messageId,
    from: sender.from,
    to: { name: message.recipientName, address: message.recipientAddress },
    ...(emailReplyTo !== undefined && { replyTo: readMailAddress(emailReplyTo) }),
    subject: rendered.subject,
    html: rendered.html,
    text: bound === undefined || rendered.text === '' ? rendered.text : `${rendered.text.trimEnd()}\n\n${bound.line}\n`,
    attachments: rendered.attachments,
    date: message.created,
    headers: {
      ...(bound !== undefined && { 'OTP-Token': bound.token }),
      ...(emailFeedbackId !== undefined && { 'Feedback-ID': emailFeedbackId }),
    },
  };
}

/**
 * Returns a code with the origin that it is for: as the value of `OTP-Token` (draft-goto-otp-token), and as the last line of
 * a text (https://wicg.github.io/sms-one-time-codes/). Undefined if the mail does not show the code, or if the origin is
 * not secure: clients ignore both then.
 */
function boundCode(
  code: string,
  { text, html }: RenderedMail,
  url: string,
): { token: string; line: string } | undefined {
  const { origin, hostname, protocol } = new URL(url);
  const isSecure = protocol === 'https:' || hostname === 'localhost';
  const isShown = text.includes(code) || html.includes(code);
  if (!isSecure || !isShown || isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0 || !/^[\w-]+$/.test(code))
    return undefined;
  return { token: `"${code}"; origin="${origin}"`, line: `@${hostname} #${code}` };
}
