import { describe, expect, it } from 'vitest';

import { sanitize } from '../sanitize.js';
import { parseReply, replyText } from './reply.js';

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
