import { type Attachment, type ParsedMail, simpleParser } from 'mailparser';

import { sanitize } from '../../transport/sanitize.js';
import { harmlessComplaints } from '../complaint-types.js';
import type { FeedbackKind } from '../feedback.entity.js';

/** What a mail reports about another mail. */
export interface MailReport {
  readonly kind: FeedbackKind;
  /** `Message-ID` of the other mail, without angle brackets. */
  readonly messageId: string | undefined;
  /** ENVID of the other mail (RFC 3461, 4.4): the key of our message. */
  readonly envelopeId: string | undefined;
  readonly reason: string;
  /** `Date` of the report. */
  readonly date: Date | undefined;
}

/** Fields of a block of header lines: names in lower case, values without line breaks. */
type Fields = ReadonlyMap<string, string>;

/** Media types of the original mail, or of its header, in a report (RFC 6522; RFC 6533 for UTF-8). */
const originals = [
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
];

/** Media types of delivery status notifications (RFC 3464; RFC 6533 for UTF-8). */
const statuses = ['message/delivery-status', 'message/global-delivery-status'];

/**
 * Status codes (RFC 3463) of permanent failures whose cause is not the address: a full mailbox, the size or the content of
 * the mail, the system, the policy of the server.
 */
const otherCauses = /^5\.(?:2\.[2-4]|[3567]\.\d+)$/;

/**
 * Bytes of a mail that are read: the report comes before the original mail (RFC 6522, 3). Anyone can send mails here, and the
 * parser takes a second for 1 MB of addresses.
 */
const mostBytes = 131_072;

/** Mails in a mail that are read, for mailbox rules that forward a report as an attachment. */
const mostForwarded = 3;

/**
 * Reads a delivery status notification (RFC 3464) or a feedback report (ARF, RFC 5965), also one that was forwarded as an
 * attachment.
 *
 * @returns undefined for any other mail
 * @throws Error if it is not MIME within the limits of the parser
 */
export async function readReport(source: Buffer): Promise<MailReport | undefined> {
  const mail = await parse(source.subarray(0, mostBytes));
  const report = reportIn(mail);
  if (report !== undefined) return report;
  const forwarded = mail.attachments.filter(({ contentType }) => contentType === 'message/rfc822');
  for (const { content } of forwarded.slice(0, mostForwarded)) {
    const found = reportIn(await parse(content));
    if (found !== undefined) return found;
  }
  return undefined;
}

function parse(source: Buffer): Promise<ParsedMail> {
  return simpleParser(source, {
    ignoreEmbedded: true,
    keepDeliveryStatus: true,
    keepCidLinks: true,
    skipHtmlToText: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    checksumAlgo: false,
    maxHeadSize: 16_384,
    maxChildNodes: 20,
  });
}

function reportIn({ attachments, date }: ParsedMail): MailReport | undefined {
  const partOf = (types: readonly string[]): Attachment | undefined =>
    attachments.find(({ contentType }) => types.includes(contentType));
  const [original] = blocksIn(partOf(originals));
  const messageId = /<([^<>\s]{1,900})>/.exec(original?.get('message-id') ?? '')?.[1];
  const [complaint] = blocksIn(partOf(['message/feedback-report']));
  if (complaint !== undefined) {
    const type = complaint.get('feedback-type')?.toLowerCase() ?? '';
    if (type === '' || harmlessComplaints.includes(type)) return undefined;
    return { kind: 'complaint', messageId, envelopeId: complaint.get('original-envelope-id'), reason: type, date };
  }
  const [message, ...recipients] = blocksIn(partOf(statuses));
  const found = recipients.map((recipient) => [kindOf(recipient), recipient] as const);
  const [kind, recipient] =
    found.find(([each]) => each === 'bounce') ?? found.find(([each]) => each !== undefined) ?? [];
  if (kind === undefined || recipient === undefined) return undefined;
  return { kind, messageId, envelopeId: message?.get('original-envelope-id'), reason: reasonOf(recipient), date };
}

/** Returns what happened to a recipient (RFC 3464, 2.3); undefined if the mail has arrived, or went on. */
function kindOf(recipient: Fields): 'bounce' | 'transient' | undefined {
  const action = recipient.get('action')?.toLowerCase();
  if (action === 'delayed') return 'transient';
  if (action !== 'failed') return undefined;
  const status = /^\d\.\d{1,3}\.\d{1,3}/.exec(recipient.get('status') ?? '')?.[0] ?? '';
  return status.startsWith('5.') && !otherCauses.test(status) ? 'bounce' : 'transient';
}

function reasonOf(recipient: Fields): string {
  const words = ['status', 'diagnostic-code'].map((name) => recipient.get(name) ?? '');
  return sanitize(words.filter(Boolean).join(' ').slice(0, 2_000));
}

/** Returns the fields of each block of lines; the first of several with the same name counts. */
function blocksIn(part: Attachment | undefined): Fields[] {
  const text = part?.content.subarray(0, 65_536).toString('utf8').replace(/\r\n?/g, '\n') ?? '';
  const blocks = text.split(/\n[ \t]*\n/).map((block) => block.replace(/\n[ \t]+/g, ' ').split('\n'));
  return blocks.map((lines) => new Map(lines.toReversed().flatMap(fieldOf))).filter(({ size }) => size > 0);
}

function fieldOf(line: string): [name: string, value: string][] {
  const [, name, value = ''] = /^([!-9;-~]+)[ \t]*:(.*)$/.exec(line) ?? [];
  return name === undefined ? [] : [[name.toLowerCase(), value.trim()]];
}
