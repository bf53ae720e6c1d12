import { sanitize } from '../sanitize.js';

/** An SMTP reply: the reply code and the text of each line (RFC 5321, 4.2). */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
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
