/** What a server says to one command: its code, and the text of its lines (RFC 5321, 4.2). */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Most bytes that one reply may have; the longest sensible one, to EHLO, has some hundreds. */
const longestReply = 16_384;

/** Most characters of a reply that are kept. */
const longestText = 500;

/** What the other side sent is no SMTP. */
export class NoReplyError extends Error {
  override readonly name = 'NoReplyError';

  constructor() {
    super('not SMTP');
  }
}

/** Puts a server's bytes together to replies. */
export class ReplyReader {
  /** One character per byte, so that a character of UTF-8 may be cut by the network anywhere. */
  private received = '';

  push(chunk: Buffer): void {
    this.received += chunk.toString('latin1');
  }

  /** Whether there is something that was not taken yet. */
  get hasRest(): boolean {
    return this.received !== '';
  }

  /**
   * Takes the next reply, or gives undefined if it has not come completely.
   *
   * @throws NoReplyError if what came cannot be the beginning of a reply, or does not end
   */
  take(): Reply | undefined {
    const lines: string[] = [];
    let start = 0;
    for (;;) {
      const end = this.received.indexOf('\n', start);
      if (end === -1) break;
      const line = this.received.slice(start, end).replace(/\r$/, '');
      start = end + 1;
      if (line === '' && lines.length === 0) continue;
      const match = /^([2-5]\d\d)([ -]|$)(.*)$/s.exec(line);
      if (match === null) throw new NoReplyError();
      lines.push(utf8(match[3] ?? ''));
      if (match[2] === '-') continue;
      this.received = this.received.slice(start);
      return { code: Number(match[1]), lines };
    }
    const isBeginning = start > 0 || /^[\r\n]*([2-5]?|[2-5]\d|[2-5]\d\d([ \r-].*)?)$/s.test(this.received);
    if (!isBeginning || this.received.length > longestReply) throw new NoReplyError();
    return undefined;
  }
}

/** Reads a reply as nodemailer keeps it: with its codes, lines parted by a line feed. */
export function parseReply(text: string): Reply | undefined {
  const code = Number(/^[2-5]\d\d/.exec(text)?.[0]);
  if (Number.isNaN(code)) return undefined;
  return { code, lines: text.split(/\r?\n/).map((line) => line.replace(/^\d{3}[ -]?/, '')) };
}

/** The text of a reply, safe to be stored and shown; see `readable`. */
export function textOf(reply: Reply): string {
  return readable(reply.lines.join(' '));
}

/** A reply as a message cites it. */
export function cited(reply: Reply): string {
  return `"${readable(`${reply.code} ${textOf(reply)}`)}"`;
}

/**
 * What a server said, made safe to be stored and shown: one line, without control, format and separator characters
 * (they can hide or reorder text), cut to 500 characters.
 */
export function readable(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return line.length > longestText ? `${line.slice(0, longestText - 1)}…` : line;
}

/** Replies are ASCII by the standard and UTF-8 by habit (RFC 6531, 3.7.4). */
function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
