import { describe, expect, it } from 'vitest';

import { SealBrokenError, SecretBox } from './secret-box.js';

const box = new SecretBox('one secret key that is long enough');

describe('SecretBox', () => {
  it.each(['s3cret', 'ünïcödé 🔑', 'x'.repeat(10_000)])('opens a secret that it sealed: %.20s', (plain) => {
    const sealed = box.seal(plain, 'stage.password');
    expect(sealed).not.toContain(plain);
    expect(box.open(sealed, 'stage.password')).toBe(plain);
  });

  it('seals the same secret differently each time', () => {
    expect(box.seal('a', 'p')).not.toBe(box.seal('a', 'p'));
  });

  it('leaves the empty string unsealed', () => {
    expect(box.seal('', 'p')).toBe('');
    expect(box.open('', 'p')).toBe('');
  });

  it('refuses a secret that was sealed with another key or for another place, or modified', () => {
    const sealed = box.seal('a', 'stage.password');
    const flipped = `${sealed.slice(0, 12)}${sealed[12] === 'A' ? 'B' : 'A'}${sealed.slice(13)}`;
    expect(() => new SecretBox('another secret key, long enough too').open(sealed, 'stage.password')).toThrow(
      SealBrokenError,
    );
    expect(() => box.open(sealed, 'token.key')).toThrow(SealBrokenError);
    expect(() => box.open(flipped, 'stage.password')).toThrow(SealBrokenError);
    expect(() => box.open('v1.AAAA', 'stage.password')).toThrow(SealBrokenError);
  });

  it('returns stable identifiers that depend on the key', () => {
    expect(box.identifier('7')).toBe(box.identifier('7'));
    expect(box.identifier('7')).toMatch(/^[0-9a-f]{64}$/);
    expect(box.identifier('7')).not.toBe(new SecretBox('another secret key, long enough too').identifier('7'));
  });
});
