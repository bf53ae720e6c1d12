import { describe, expect, it } from 'vitest';

import { NoReplyError, parseReply, readable, ReplyReader, textOf } from './reply.js';

function reader(...chunks: (string | Buffer)[]): ReplyReader {
  const made = new ReplyReader();
  for (const chunk of chunks) made.push(Buffer.from(chunk as string));
  return made;
}

describe('ReplyReader', () => {
  it.each([
    [['220 mail.example.org\r\n'], { code: 220, lines: ['mail.example.org'] }],
    [['250-a\r\n250-b\r\n250 c\r\n'], { code: 250, lines: ['a', 'b', 'c'] }],
    [['250\r\n'], { code: 250, lines: [''] }],
    [['250 lf only\n'], { code: 250, lines: ['lf only'] }],
    [['\r\n220 after an empty line\r\n'], { code: 220, lines: ['after an empty line'] }],
    [['2', '5', '0', ' ok', '\r', '\n'], { code: 250, lines: ['ok'] }],
  ])('reads %j', (chunks, reply) => {
    expect(reader(...chunks).take()).toEqual(reply);
  });

  it('reads a character that the network has cut', () => {
    const bytes = Buffer.from('250 grün\r\n');
    expect(reader(bytes.subarray(0, 7), bytes.subarray(7)).take()).toEqual({ code: 250, lines: ['grün'] });
  });

  it('waits for the rest of a reply', () => {
    const made = reader('250-a\r\n250');
    expect(made.take()).toBeUndefined();
    made.push(Buffer.from(' b\r\n'));
    expect(made.take()).toEqual({ code: 250, lines: ['a', 'b'] });
    expect(made.hasRest).toBe(false);
  });

  it('keeps what comes after a reply', () => {
    const made = reader('250 a\r\n354 b\r\n');
    made.take();
    expect(made.hasRest).toBe(true);
    expect(made.take()).toEqual({ code: 354, lines: ['b'] });
  });

  it.each([
    'HTTP/1.1 400 Bad Request\r\n',
    'HTTP/1.1',
    '\x15\x03\x01\0\x02\x02',
    '* OK IMAP4rev1\r\n',
    '199 too small a code\r\n',
    '2500 too long a code\r\n',
    '250-a\r\nnonsense\r\n',
  ])('refuses %j', (bytes) => {
    expect(() => reader(bytes).take()).toThrow(NoReplyError);
  });

  it('refuses a reply that does not end', () => {
    expect(() => reader('250-a\r\n'.repeat(20_000)).take()).toThrow(NoReplyError);
    expect(() => reader(`250 ${'a'.repeat(70_000)}`).take()).toThrow(NoReplyError);
  });
});

describe('parseReply', () => {
  it('reads a reply of several lines', () => {
    const reply = parseReply('550-5.1.1 No such user\n550 5.1.1 here');
    expect(reply).toEqual({ code: 550, lines: ['5.1.1 No such user', '5.1.1 here'] });
    expect(textOf(reply!)).toBe('5.1.1 No such user 5.1.1 here');
  });

  it('finds none in other text', () => {
    expect(parseReply('closed')).toBeUndefined();
  });
});

describe('readable', () => {
  it('makes one line without characters that hide or reorder text', () => {
    expect(readable('a\r\n\0b\x1b[31m\u202e\u2028c  d')).toBe('a b [31m c d');
  });

  it('cuts at 500 characters', () => {
    expect(readable('x'.repeat(501))).toHaveLength(500);
  });
});
