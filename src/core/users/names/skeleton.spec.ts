import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { foldedName, skeletonOf } from './skeleton.js';

describe('The skeleton of a name', () => {
  it.each([
    ['in another case', 'AkAdmin'],
    ['in Cyrillic', '\u0430k\u0430dmin'],
    ['in full width', '\uff41\uff4b\uff41\uff44\uff4d\uff49\uff4e'],
    ['with a dotless i', 'akadm\u0131n'],
    ['with a zero-width space', 'ak\u200badmin'],
    ['with a soft hyphen', 'ak\u00adadmin'],
    ['with bidi controls', 'ak\u202eadmin\u202c'],
    ['with mathematical letters', '𝓪𝓴𝓪𝓭𝓶𝓲𝓷'],
    ['with rn instead of m', 'akadrnin'],
  ])('is the same for akadmin and akadmin %s', (_, name) => {
    expect(skeletonOf(name)).toBe(skeletonOf('akadmin'));
  });

  it.each([
    ['jose\u0301', 'jos\u00e9'],
    ['paypa1', 'paypal'],
    ['a  b', 'a b'],
    ['\u03b1\u03b2', 'a\u00df'],
    ['\u03f2', '\u03f9'],
    ['\u03bf\u03c2', '\u039f\u03a3'],
  ])('is the same for %j and %j', (name, other) => {
    expect(skeletonOf(name)).toBe(skeletonOf(other));
  });

  it.each([
    ['jose', 'jos\u00e9'],
    ['bob', 'rob'],
    ['user-10', 'user-11'],
    ['a b', 'ab'],
  ])('distinguishes %j from %j', (name, other) => {
    expect(skeletonOf(name)).not.toBe(skeletonOf(other));
  });

  it('is the same for names that are equal after case folding', () => {
    const names = fc.string({ unit: fc.integer({ min: 0x20, max: 0x2fff }).map((code) => String.fromCodePoint(code)) });
    fc.assert(
      fc.property(names, (name) => {
        expect(skeletonOf(foldedName(name))).toBe(skeletonOf(name));
        expect(skeletonOf(name.toUpperCase().toLowerCase())).toBe(skeletonOf(name.toUpperCase()));
      }),
    );
  });
});
