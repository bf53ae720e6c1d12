import { sanitize } from '../sanitize.js';

/** An SMTP reply: the reply code and the text of each line (RFC 5321, 4.2). */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Maximum size of a reply in bytes; the longest usual one, to EHLO, has a few hundred. */
const maxReplyBytes = 16_384;

/** The received data is not an SMTP reply. */
export class MalformedReplyError extends Error {
  override readonly name = 'NoReplyError';

  constructor() {
    super('not SMTP');
  }
}

/** Incremental parser of SMTP replies. */
export class ReplyReader {
  /** Latin-1, one character per byte, because chunks may split UTF-8 characters. */
  private received = '';

  push(chunk: Buffer): void {
    this.received += chunk.toString('latin1');
  }

  /** Whether there is received data that `next` has not consumed. */
  get hasUnreadData(): boolean {
    return this.received !== '';
  }

  /**
   * Consumes and returns the next reply; undefined if it is incomplete.
   *
   * @throws NoReplyError if the data cannot start a reply, or exceeds `maxReplyBytes`
   */
  next(): Reply | undefined {
    const lines: string[] = [];
    let start = 0;
    for (;;) {
      const end = this.received.indexOf('\n', start);
      if (end === -1) break;
      const line = this.received.slice(start, end).replace(/\r$/, '');
      start = end + 1;
      if (line === '' && lines.length === 0) continue;
      const match = /^([2-5]\d\d)([ -]|$)(.*)$/s.exec(line);
      if (match === null) throw new MalformedReplyError();
      lines.push(decodeUtf8(match[3] ?? ''));
      if (match[2] === '-') continue;
      this.received = this.received.slice(start);
      return { code: Number(match[1]), lines };
    }
    const isBeginning = start > 0 || /^[\r\n]*([2-5]?|[2-5]\d|[2-5]\d\d([ \r-].*)?)$/s.test(this.received);
    if (!isBeginning || this.received.length > maxReplyBytes) throw new MalformedReplyError();
    return undefined;
  }
}

/** Parses a reply as nodemailer stores it: with its codes, lines separated by line feeds. */
export function parseReply(text: string): Reply | undefined {
  const code = Number(/^[2-5]\d\d(?=[ \-\r\n]|$)/.exec(text)?.[0]);
  if (Number.isNaN(code)) return undefined;
  return { code, lines: text.split(/\r?\n/).map((line) => line.replace(/^\d{3}[ -]?/, '')) };
}

/** Whether the server asks for TLS first (530 of RFC 3207, 4; 538 of RFC 4954, 6). */
export function demandsTls(reply: Reply): boolean {
  return [530, 538].includes(reply.code) && /\b(start)?tls\b|\bssl\b|encrypt/i.test(replyText(reply));
}

/** Returns the sanitized text of a reply. */
export function replyText(reply: Reply): string {
  return sanitize(reply.lines.join(' '));
}

/** Returns the reply in quotation marks, for messages. */
export function quoteReply(reply: Reply): string {
  return `"${sanitize(`${reply.code} ${replyText(reply)}`)}"`;
}

/** Replies are ASCII by RFC 5321 and UTF-8 in practice (RFC 6531, 3.7.4). */
function decodeUtf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
