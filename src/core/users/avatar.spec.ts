import { describe, expect, it } from 'vitest';

import { avatarOf } from './avatar.js';

function svgOf(name: string): string {
  const [type, data = ''] = avatarOf(name).split(',');
  expect(type).toBe('data:image/svg+xml;base64');
  return Buffer.from(data, 'base64').toString('utf8');
}

describe('avatarOf', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['ada king lovelace', 'AL'],
    ['  zoe  ', 'Z'],
    ['root', 'R'],
    ['élodie ñandú', 'ÉÑ'],
    ['王 小明', '王小'],
    ['𝔘nicode', '𝔘'],
    ['"Bob" (Robert) Smith', 'BS'],
    ['4 you', '4Y'],
    ['', ''],
    ['!? 🦊', ''],
  ])('of %j shows %j', (name, initials) => {
    expect(/>([^<>]*)<\/text><\/svg>$/.exec(svgOf(name))?.[1]).toBe(initials);
  });

  it('is deterministic for a name and varies in colour between names', () => {
    expect(avatarOf('Ada')).toBe(avatarOf('Ada'));
    const colours = new Set(['a', 'b', 'c', 'd'].map((name) => /<rect[^>]*fill="(#\w+)"/.exec(svgOf(name))?.[1]));
    expect(colours.size).toBe(4);
  });

  it.each(['<script>alert(1)</script>', '&amp; "x"', "' onload='", '\u0000\u0001', ']]> <'])(
    'uses only letters and digits of %j',
    (name) => {
      const text = svgOf(name);
      expect(text.match(/</g)).toHaveLength(svgOf('Ada').match(/</g)!.length);
      expect(text).toMatch(/^[\x20-\x7e]+$/);
    },
  );
});
