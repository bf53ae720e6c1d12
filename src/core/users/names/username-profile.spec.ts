import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { preparedUsername } from './username-profile.js';

describe('A username', () => {
  it.each([
    'akadmin',
    'Bob',
    'juliet@example.com',
    'UserA b',
    'fussball',
    'fu\u00dfball',
    '\u03c0',
    '\u03a3\u03c3',
    'σς',
    'jos\u00e9',
    "o'brien+x_y.z-1",
    '<a href=x>',
    '日本語',
    'アリス・スミス',
    'अनिता',
    'col·lecció',
    '\u05d0\u05d1\u05d2-1',
    '\u0639\u0627\u0626\u0634\u0629',
    'แอลิส',
  ])('may be %j and is stored unchanged', (name) => {
    expect(preparedUsername(name)).toBe(name.normalize('NFC'));
  });

  it.each([
    ['\uff41\uff4b\uff41\uff44\uff4d\uff49\uff4e', 'akadmin'],
    ['\uff71\uff98\uff7d', 'アリス'],
    ['jose\u0301', 'jos\u00e9'],
    ['\u212b', '\u00e5'.toUpperCase()],
  ])('%j is stored as %j', (name, stored) => {
    expect(preparedUsername(name)).toBe(stored);
  });

  it.each([
    ['no characters', ''],
    ['a zero-width space', 'ak\u200badmin'],
    ['a joiner', 'ak\u200dadmin'],
    ['a bidi override', '\u202eakadmin'],
    ['a line break', 'a\nb'],
    ['a NUL', 'a\0'],
    ['a lone surrogate', 'a\ud800'],
    ['an ideographic space', 'a\u3000b'],
    ['surrounding spaces', ' a'],
    ['a ligature', '\ufb01n'],
    ['a Roman number', 'Henry\u2163'],
    ['a symbol', '\u265a'],
    ['an emoji', '👩'],
    ['an em dash', 'a\u2014b'],
    ['a private-use character', '\ue000'],
    ['an unassigned code point', '\u0378'],
    ['mixed directions', 'a\u05d0'],
    ['Arabic and European digits', '\u0627\u06601'],
    ['Arabic and extended Arabic digits', '\u0627\u0660\u06f0'],
    ['a middle dot out of place', 'a·b'],
    ['151 characters', 'x'.repeat(151)],
  ])('is refused with %s', (_, name) => {
    expect(preparedUsername(name)).toBeUndefined();
  });

  it('stays unchanged when it is prepared again', () => {
    const names = fc.string({ unit: fc.integer({ min: 0x20, max: 0xffff }).map((code) => String.fromCodePoint(code)) });
    fc.assert(
      fc.property(names, (name) => {
        const prepared = preparedUsername(name);
        if (prepared !== undefined) expect(preparedUsername(prepared)).toBe(prepared);
      }),
    );
  });
});
