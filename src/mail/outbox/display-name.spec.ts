import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { headerTextProblem } from '../../syntax/header-text.js';
import { displayName } from './display-name.js';

describe('The display name of a recipient', () => {
  it.each([
    ['Rita Reader', 'Rita Reader'],
    ['Zoë  van \u00a0 Dijk ', 'Zoë van Dijk'],
    ['عائشة', 'عائشة'],
    ['J.R. Smith', 'J. R. Smith'],
    ['', ''],
  ])('of %j is %j', (name, shown) => {
    expect(displayName(name)).toBe(shown);
  });

  it.each([
    ['WIN $1000 at http://evil.example/x', 'WIN $1000 at http: evil. example/x'],
    ['www.evil.example', 'www. evil. example'],
    ['evil。example', 'evil. example'],
    ['me@evil.example', 'me@evil. example'],
    ['http://localhost/', 'http: localhost/'],
  ])('contains no link: %j', (name, shown) => {
    expect(displayName(name)).toBe(shown);
  });

  it.each(['A\r\nBcc: x@example.org', 'x\0', '=?utf-8?q?x?=', 'x'.repeat(501)])(
    'is empty if it is not valid in a header: %j',
    (name) => {
      expect(displayName(name)).toBe('');
    },
  );

  it('has at most 64 characters and no control or format characters, for any name', () => {
    expect(displayName('Rita '.repeat(100))).toHaveLength(64);
    const pieces = [
      ...'aZ9ßعא.。:/@=?"',
      ' ',
      '\u00a0',
      '\u200b',
      '\u202e',
      '\u2028',
      '\0',
      '\ud800',
      '=?x?q?',
      '👩‍🚀',
      'e\u0301',
    ];
    const names = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 300 });
    fc.assert(
      fc.property(names, (name) => {
        const shown = displayName(name);
        expect(shown.length).toBeLessThanOrEqual(64);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]|:\/\/|\s\s/u);
        expect(headerTextProblem('name', shown)).toBeUndefined();
      }),
    );
  });
});
