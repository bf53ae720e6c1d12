import { PassThrough, type Readable } from 'node:stream';

import type { ISendMailOptions, MailerOptions } from '@nestjs-modules/mailer';

import type { MailAddress, OutgoingMail } from './outgoing-mail.js';
import { addressOnTheWire } from './refusals.js';

/** A mail as the mailer takes it, with what nodemailer adds to its type. */
export interface ComposedMail extends ISendMailOptions {
  readonly signal: AbortSignal;
}

type MailerPlugin = NonNullable<MailerOptions['plugins']>[number];

/** What a plugin sees of nodemailer's message. */
interface MessagePart {
  readonly childNodes: readonly MessagePart[];
  getHeader(name: string): unknown;
  setHeader(name: string, value: string): unknown;
  /** @param process makes the stream that is sent of the stream of the composed mail */
  processFunc(process: (composed: Readable) => Readable): void;
}

/**
 * A mail as the mailer takes it: no template and no context, addresses as objects, so that nothing in it is parsed,
 * filled in or looked up.
 *
 * Its MIME structure is `related(alternative(text, html), images)`; without images it is `alternative(text, html)`,
 * without HTML plain text. Headers of automatic mail are those of RFC 3834 and Microsoft Exchange.
 */
export function compose(mail: OutgoingMail): Omit<ComposedMail, 'signal'> {
  const html = mail.html ?? '';
  return {
    messageId: `<${mail.messageId}>`,
    date: mail.date,
    from: mailbox(mail.from),
    to: mailbox(mail.to),
    subject: mail.subject,
    text: withCrLf(mail.text),
    textEncoding: encodingFor(mail.text),
    headers: { ...mail.headers, 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    ...(html !== '' && {
      html: withCrLf(html),
      attachments: mail.attachments.map(({ cid, filename, contentType, content }) => ({
        filename,
        contentType,
        content,
        contentDisposition: 'inline' as const,
        // As a header of our own: by its `cid` nodemailer would put the image into the alternative, beside the HTML.
        headers: { 'Content-ID': `<${cid}>` },
      })),
    }),
  };
}

/** Makes the outermost part of a mail with images `related`: nodemailer, which takes them for attachments, has `mixed`. */
export const relatedImages: MailerPlugin = {
  step: 'stream',
  plugin: ({ message }: { message: MessagePart }, done) => {
    if (message.getHeader('Content-Type') === 'multipart/mixed') {
      const [first = ''] = String(message.childNodes[0]?.getHeader('Content-Type')).split(';');
      message.setHeader('Content-Type', `multipart/related; type="${first}"`);
    }
    done();
  },
};

/**
 * Sends the composed mail in one piece. nodemailer makes some dozens of pieces of it, each of which would be written, and
 * sent in a packet, by itself.
 */
export const onePiece: MailerPlugin = {
  step: 'stream',
  plugin: ({ message }: { message: MessagePart }, done) => {
    message.processFunc((composed) => {
      const pieces: Buffer[] = [];
      const whole = new PassThrough();
      composed.on('data', (piece: Buffer) => pieces.push(piece));
      composed.on('error', (error) => whole.destroy(error));
      composed.on('end', () => whole.end(Buffer.concat(pieces)));
      return whole;
    });
    done();
  },
};

function mailbox({ name, address }: MailAddress): MailAddress {
  return { name, address: addressOnTheWire(address) };
}

/**
 * Text that is mostly ASCII stays readable in the source of the mail, other scripts become shorter by base64. nodemailer
 * would count the letters of each part and header, several times.
 */
function encodingFor(text: string): 'quoted-printable' | 'base64' {
  return Buffer.byteLength(text) > 1.5 * text.length ? 'base64' : 'quoted-printable';
}

/** Lines end with CRLF only (RFC 5321, 2.3.8). */
function withCrLf(text: string): string {
  return (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).replaceAll('\n', '\r\n');
}
