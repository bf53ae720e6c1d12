import { randomUUID } from 'node:crypto';

import * as base64 from 'nodemailer/lib/base64';
import MimeNode from 'nodemailer/lib/mime-node';
import * as quotedPrintable from 'nodemailer/lib/qp';

import type { InlineImage, MailAddress, OutgoingMail } from './outgoing-mail.js';
import { addressOnTheWire } from './refusals.js';

/** A mail as it goes over the wire: its bytes, and whom they are from and for (RFC 5321, 2.3.1). */
export interface ComposedMail {
  readonly raw: Buffer;
  /** As in the bytes; nodemailer makes up another one for its log otherwise. */
  readonly messageId: string;
  readonly envelope: { from: string; to: string[] };
}

/** One part of a mail: a text, an image, or parts of its own. */
interface Part {
  readonly type: string;
  readonly content: string | InlineImage | readonly Part[];
}

/**
 * Composes a mail. Every value in it is put where it belongs as it is: nothing is filled in, looked up, or read as a
 * list of addresses.
 *
 * Its MIME structure is `related(alternative(text, html), images)`; without images it is `alternative(text, html)`,
 * without HTML plain text. Headers of automatic mail are those of RFC 3834 and Microsoft Exchange.
 *
 * nodemailer writes the headers and encodes the texts, but each at once. Its own composer makes a chain of streams for
 * every part, which costs more than all that they do.
 */
export function compose(mail: OutgoingMail): ComposedMail {
  const from = mailbox(mail.from);
  const to = mailbox(mail.to);
  const whole = partsOf(mail);
  const messageId = `<${mail.messageId}>`;
  // In texts that are not encoded there must be nothing that could pass for a boundary, so nobody may guess it.
  const root = new MimeNode(whole.type, { baseBoundary: randomUUID() })
    .addHeader({ ...mail.headers, 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' })
    .setHeader('From', from)
    .setHeader('To', to)
    .setHeader('Subject', mail.subject)
    .setHeader('Message-ID', messageId)
    .setHeader('Date', mail.date);
  const raw = Buffer.from(`${written(whole, root)}\r\n`);
  return { raw, messageId, envelope: { from: from.address, to: [to.address] } };
}

function partsOf({ text, html = '', attachments }: OutgoingMail): Part {
  const texts = [
    ...(text !== '' || html === '' ? [{ type: 'text/plain; charset=utf-8', content: withCrLf(text) }] : []),
    ...(html === '' ? [] : [{ type: 'text/html; charset=utf-8', content: withCrLf(html) }]),
  ];
  const [first] = texts;
  const body = texts.length === 1 && first ? first : { type: 'multipart/alternative', content: texts };
  if (html === '' || attachments.length === 0) return body;
  const [type = ''] = body.type.split(';');
  const images = attachments.map((image) => ({ type: image.contentType, content: image }));
  return { type: `multipart/related; type="${type}"`, content: [body, ...images] };
}

/** The part with its headers, without a line break at its end. */
function written({ content }: Part, node: MimeNode): string {
  if (typeof content === 'string') return writtenText(content, node);
  if ('cid' in content) return writtenImage(content, node);
  const head = node.buildHeaders();
  // Known only now: it stands in the header.
  const boundary = `\r\n--${String(node.boundary)}`;
  const parts = content.map((part) => `${boundary}\r\n${written(part, node.createChild(part.type))}`);
  return `${head}\r\n${parts.join('')}${boundary}--`;
}

function writtenText(content: string, node: MimeNode): string {
  node.textEncoding = encodingFor(content);
  const head = node.setContent(content).buildHeaders();
  return `${head}\r\n\r\n${encoded(content, node.getTransferEncoding())}`;
}

function encoded(text: string, encoding: string | false): string {
  if (encoding === 'quoted-printable') return quotedPrintable.wrap(quotedPrintable.encode(text));
  return encoding === 'base64' ? base64.wrap(base64.encode(text)) : text;
}

/** Images as they are sent. They are the same ones in every mail. */
const encodedImages = new WeakMap<Buffer, string>();

function writtenImage({ cid, filename, content }: InlineImage, node: MimeNode): string {
  let image = encodedImages.get(content);
  if (image === undefined) encodedImages.set(content, (image = base64.wrap(base64.encode(content))));
  node.filename = filename;
  node
    .setHeader('Content-ID', `<${cid}>`)
    .setHeader('Content-Transfer-Encoding', 'base64')
    .setHeader('Content-Disposition', 'inline');
  return `${node.buildHeaders()}\r\n\r\n${image}`;
}

function mailbox({ name, address }: MailAddress): { name: string; address: string } {
  return { name, address: addressOnTheWire(address) };
}

/**
 * Text that is mostly ASCII stays readable in the source of the mail (quoted-printable), other scripts become shorter
 * by base64. nodemailer would count the letters of each part, several times.
 */
function encodingFor(text: string): 'Q' | 'B' {
  return Buffer.byteLength(text) > 1.5 * text.length ? 'B' : 'Q';
}

/** Lines end with CRLF only (RFC 5321, 2.3.8). */
function withCrLf(text: string): string {
  return (text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text).replaceAll('\n', '\r\n');
}
