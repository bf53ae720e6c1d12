import { controlCharacter } from '../../syntax/email-address.js';
import { headerTextProblem } from '../../syntax/header-text.js';
import { mailAddressProblem } from '../../syntax/mail-address.js';
import type { InlineImage, OutgoingMail } from './outgoing-mail.js';

/** Header fields that every mail gets, or that affect routing. */
const reservedFields =
  /^(from|to|cc|bcc|sender|reply-to|subject|date|message-id|return-path|received|auto-submitted|x-auto-response-suppress|mime-version|content-.*|resent-.*)$/i;

/** Returns why this mail is invalid; undefined if it is valid. */
export function mailProblem(mail: OutgoingMail): string | undefined {
  return (
    mailAddressProblem('sender', mail.from) ??
    mailAddressProblem('recipient', mail.to) ??
    (mail.replyTo === undefined ? undefined : mailAddressProblem('reply address', mail.replyTo)) ??
    headerTextProblem('subject', mail.subject) ??
    (/^[!-;=?A-~]{1,120}@[!-;=?A-~]{1,255}$/.test(mail.messageId) ? undefined : 'The Message-ID is invalid.') ??
    (Number.isNaN(mail.date.getTime()) ? 'The date is invalid.' : undefined) ??
    firstProblem(Object.entries(mail.headers ?? {}), headerProblem) ??
    firstProblem(mail.attachments, imageProblem)
  );
}

function headerProblem([name, value]: [string, string]): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,75}$/i.test(name)) return 'The name of a header field is invalid.';
  if (reservedFields.test(name)) return `The header field ${name} is reserved.`;
  return headerTextProblem(`header field ${name}`, value);
}

function imageProblem({ cid, filename, contentType }: InlineImage): string | undefined {
  if (!/^[\w.+-]{1,100}(@[\w.+-]{1,100})?$/.test(cid)) return 'The Content-ID of an image is invalid.';
  if (controlCharacter.test(filename) || filename === '') return 'The file name of an image is invalid.';
  if (!/^[a-z]+\/[a-z0-9.+-]+$/i.test(contentType)) return `The content type of the image ${filename} is invalid.`;
  return undefined;
}

function firstProblem<T>(values: Iterable<T>, reason: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = reason(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
