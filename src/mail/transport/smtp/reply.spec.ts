import { describe, expect, it } from 'vitest';

import { sanitize } from '../sanitize.js';
import { MalformedReplyError, parseReply, ReplyReader, replyText } from './reply.js';

function reader(...chunks: (string | Buffer)[]): ReplyReader {
  const parser = new ReplyReader();
  for (const chunk of chunks) parser.push(Buffer.from(chunk as string));
  return parser;
}

describe('ReplyReader', () => {
  it.each([
    [['220 mail.example.org\r\n'], { code: 220, lines: ['mail.example.org'] }],
    [['250-a\r\n250-b\r\n250 c\r\n'], { code: 250, lines: ['a', 'b', 'c'] }],
    [['250\r\n'], { code: 250, lines: [''] }],
    [['250 lf only\n'], { code: 250, lines: ['lf only'] }],
    [['\r\n220 after an empty line\r\n'], { code: 220, lines: ['after an empty line'] }],
    [['2', '5', '0', ' ok', '\r', '\n'], { code: 250, lines: ['ok'] }],
  ])('parses %j', (chunks, reply) => {
    expect(reader(...chunks).next()).toEqual(reply);
  });

  it('decodes a character that is split between chunks', () => {
    const bytes = Buffer.from('250 grün\r\n');
    expect(reader(bytes.subarray(0, 7), bytes.subarray(7)).next()).toEqual({ code: 250, lines: ['grün'] });
  });

  it('returns undefined for an incomplete reply', () => {
    const parser = reader('250-a\r\n250');
    expect(parser.next()).toBeUndefined();
    parser.push(Buffer.from(' b\r\n'));
    expect(parser.next()).toEqual({ code: 250, lines: ['a', 'b'] });
    expect(parser.hasUnreadData).toBe(false);
  });

  it('keeps data after a reply', () => {
    const parser = reader('250 a\r\n354 b\r\n');
    parser.next();
    expect(parser.hasUnreadData).toBe(true);
    expect(parser.next()).toEqual({ code: 354, lines: ['b'] });
  });

  it.each([
    'HTTP/1.1 400 Bad Request\r\n',
    'HTTP/1.1',
    '\x15\x03\x01\0\x02\x02',
    '* OK IMAP4rev1\r\n',
    '199 too small a code\r\n',
    '2500 too long a code\r\n',
    '250-a\r\nnonsense\r\n',
  ])('rejects %j', (bytes) => {
    expect(() => reader(bytes).next()).toThrow(MalformedReplyError);
  });

  it('rejects an endless reply', () => {
    expect(() => reader('250-a\r\n'.repeat(20_000)).next()).toThrow(MalformedReplyError);
    expect(() => reader(`250 ${'a'.repeat(70_000)}`).next()).toThrow(MalformedReplyError);
  });
});

describe('parseReply', () => {
  it('parses a multiline reply', () => {
    const reply = parseReply('550-5.1.1 No such user\n550 5.1.1 here');
    expect(reply).toEqual({ code: 550, lines: ['5.1.1 No such user', '5.1.1 here'] });
    expect(replyText(reply!)).toBe('5.1.1 No such user 5.1.1 here');
  });

  it('returns undefined for other text', () => {
    expect(parseReply('closed')).toBeUndefined();
  });
});

describe('sanitize', () => {
  it('returns one line without characters that hide or reorder text', () => {
    expect(sanitize('a\r\n\0b\x1b[31m\u202e\u2028c  d')).toBe('a b [31m c d');
  });

  it('truncates to 500 characters', () => {
    expect(sanitize('x'.repeat(501))).toHaveLength(500);
  });
});
