import { describe, expect, it } from 'vitest';

import { isEmailAddress } from '../../syntax/email-address.js';
import { englishMessages } from '../messages/english.js';
import { type Coercion, email, integer, Rejection, slug, text } from './coercions.js';

/** Returns the value, or the error messages for the client. */
function outcome(coercion: Coercion, raw: unknown): unknown {
  try {
    return coercion(raw);
  } catch (error) {
    if (error instanceof Rejection) return englishMessages(error.messages);
    throw error;
  }
}

const notText = ['Not a valid string.'];
const blank = ['This field may not be blank.'];
const nul = ['Null characters are not allowed.'];

describe('text', () => {
  it.each<[unknown, unknown]>([
    ['plain', 'plain'],
    ['  sp ace  ', 'sp ace'],
    ['\t\n x \u00a0\u3000', 'x'],
    ['ümlaut 例え 😀', 'ümlaut 例え 😀'],
    [5, '5'],
    [0, '0'],
    [-1.5, '-1.5'],
    [9007199254740991, '9007199254740991'],
    ['', blank],
    ['   ', blank],
    ['\u00a0\n', blank],
    [true, notText],
    [false, notText],
    [[], notText],
    [['a'], notText],
    [{}, notText],
    ['a\0b', nul],
    ['\0', nul],
  ])('reads %j as %j', (raw, expected) => {
    expect(outcome(text(), raw)).toEqual(expected);
  });

  it('refuses a number above the largest safe integer', () => {
    expect(outcome(text(), 9007199254740992)).toEqual(notText);
    expect(outcome(text(), 2 ** 64)).toEqual(notText);
  });

  it.each(['', ' ', '\n\t'])('reads %j as the empty string if blank is allowed', (raw) => {
    expect(outcome(text({ allowBlank: true }), raw)).toBe('');
  });

  it('keeps the whitespace of verbatim values', () => {
    expect(outcome(text({ verbatim: true }), '  pass word ')).toBe('  pass word ');
    expect(outcome(text({ verbatim: true }), '   ')).toBe('   ');
    expect(outcome(text({ verbatim: true }), '')).toEqual(blank);
    expect(outcome(text({ verbatim: true, allowBlank: true }), '')).toBe('');
  });

  it('counts characters, not UTF-16 units, after trimming', () => {
    const tooLong = ['Ensure this field has no more than 5 characters.'];
    expect(outcome(text({ maxLength: 5 }), '  12345  ')).toBe('12345');
    expect(outcome(text({ maxLength: 5 }), '😀😀😀😀😀')).toBe('😀😀😀😀😀');
    expect(outcome(text({ maxLength: 5 }), '123456')).toEqual(tooLong);
    expect(outcome(text({ maxLength: 5 }), 123456)).toEqual(tooLong);
  });

  it('reports all violated rules at once, in order', () => {
    const messages = ['Ensure this field has no more than 2 characters.', ...nul, 'odd', 'never'];
    const rules = { maxLength: 2, checks: [() => 'odd', () => undefined, () => 'never'] };
    expect(outcome(text(rules), 'a\0b')).toEqual(messages);
  });
});

describe('slug', () => {
  const invalid = ['Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'];

  it.each<[unknown, unknown]>([
    ['a', 'a'],
    ['-', '-'],
    ['_A-z9', '_A-z9'],
    ['  recovery ', 'recovery'],
    [5, '5'],
    ['', blank],
    [' ', blank],
    ['a b', invalid],
    ['a.b', invalid],
    ['a/b', invalid],
    ['ä', invalid],
    ['é', invalid],
    ['１', invalid],
    ['٥', invalid],
    [1.5, invalid],
    [true, invalid],
    [[], invalid],
    [{}, invalid],
    ['a\0', [...nul, ...invalid]],
    ['a'.repeat(50), 'a'.repeat(50)],
    ['a'.repeat(51), ['Ensure this field has no more than 50 characters.']],
    [' '.repeat(10) + 'a'.repeat(50), 'a'.repeat(50)],
    ['ä'.repeat(51), ['Ensure this field has no more than 50 characters.', ...invalid]],
  ])('reads %j as %j', (raw, expected) => {
    expect(outcome(slug({ maxLength: 50 }), raw)).toEqual(expected);
  });
});

describe('an email address', () => {
  const invalid = ['Enter a valid email address.'];

  it.each([
    'a@b.co',
    'first.last+tag@example.com',
    "o'hara@example.com",
    'a@b.museum',
    'a@127.0.0.1.example',
    'root@localhost',
    'a@[127.0.0.1]',
    'a@[::1]',
    'a@[2001:db8::1]',
    'a@bücher.de',
    'a@例え.jp',
    'a@b.xn--p1ai',
    'a@xn--bcher-kva.de',
    '"quoted"@example.com',
    '"quo\\"ted"@example.com',
    '"quo\\ ted"@example.com',
    `a@${'b'.repeat(63)}.de`,
    `a@b.${'c'.repeat(63)}`,
    'a@b.d1',
  ])('%s is valid', (value) => {
    expect(isEmailAddress(value)).toBe(true);
    expect(outcome(email(), `  ${value} `)).toBe(value);
  });

  it.each([
    'plain',
    'a@',
    '@b.de',
    'a@b',
    'a@b.c',
    'a@@b.de',
    'a@.de',
    'a@b..de',
    'a@b.de.',
    'a.@b.de',
    '.a@b.de',
    'a..b@c.de',
    'a@-b.de',
    'a@b-.de',
    'a@b_c.de',
    'a b@c.de',
    'ä@b.de',
    '"é"@b.de',
    '"a b"@c.de',
    '"a"b"@c.de',
    'a@b.de,c@d.de',
    'a@b.de;c@d.de',
    'A B <a@b.de>',
    '<a@b.de>',
    'a(comment)@b.de',
    'a@LOCALHOST',
    'a@localhost.',
    'a@[999.1.1.1]',
    'a@[1.2.3]',
    'a@[IPv6:::1]',
    'a@[]',
    'a@1.2.3.4 ',
    'a\n@b.de',
    'a@b.de\r\nBcc: x@y.de',
    '"a\r\nb"@c.de',
    '"\u0001"@c.de',
    `a@${'b'.repeat(64)}.de`,
    `a@b.${'c'.repeat(64)}`,
    'a@bücher.de#x',
    'a@bücher.de?x',
    'a@bücher.de/x',
    'a@bü\r\ncher.de',
  ])('%j is invalid', (value) => {
    expect(isEmailAddress(value)).toBe(false);
  });

  it.each<[unknown, unknown]>([
    ['', blank],
    ['  ', blank],
    ['a\0@b.de', [...nul, ...invalid]],
    [5, invalid],
    [true, invalid],
    [[], invalid],
    [{}, invalid],
    [`${'a'.repeat(248)}@bc.de`, `${'a'.repeat(248)}@bc.de`],
    [`${'a'.repeat(249)}@bc.de`, ['Ensure this field has no more than 254 characters.']],
    [`a@${`${'b'.repeat(60)}.`.repeat(5)}${'c'.repeat(13)}`, ['Ensure this field has no more than 254 characters.']],
    [
      `a@${`${'b'.repeat(60)}.`.repeat(5)}${'c'.repeat(14)}`,
      ['Ensure this field has no more than 254 characters.', ...invalid],
    ],
    ['x'.repeat(255), ['Ensure this field has no more than 254 characters.', ...invalid]],
  ])('is read: %j as %j', (raw, expected) => {
    expect(outcome(email(), raw)).toEqual(expected);
  });

  it('may be empty if blank is allowed', () => {
    expect(outcome(email({ allowBlank: true }), ' ')).toBe('');
  });
});

describe('Whitespace around a value', () => {
  it('is removed if it is whitespace in Python', () => {
    expect(outcome(text(), '\x1c\x85a\u3000')).toBe('a');
    expect(outcome(text(), '\ufeffa')).toBe('\ufeffa');
    expect(outcome(text(), '\x1f\x85')).toEqual(blank);
    expect(outcome(integer(), '\x1f5\x85')).toBe(5);
  });
});
