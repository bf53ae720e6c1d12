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

describe('A SecretBox with a previous key', () => {
  const [newKey, oldKey] = ['the new secret key that is long enough', 'the old secret key that is long enough'];
  const [before, rotating, after] = [new SecretBox(oldKey), new SecretBox(newKey, oldKey), new SecretBox(newKey)];

  it('opens values of both keys, and seals under the current one', () => {
    expect(rotating.open(before.seal('plain', 'place'), 'place')).toBe('plain');
    const sealed = rotating.seal('plain', 'place');
    expect(after.open(sealed, 'place')).toBe('plain');
    expect(() => before.open(sealed, 'place')).toThrow(SealBrokenError);
  });

  it('reseals values of the previous key only', () => {
    expect(after.open(rotating.reseal(before.seal('plain', 'place'), 'place') ?? '', 'place')).toBe('plain');
    expect(rotating.reseal(after.seal('plain', 'place'), 'place')).toBeUndefined();
    expect(rotating.reseal('', 'place')).toBeUndefined();
    const foreign = new SecretBox('a foreign secret key, long enough').seal('plain', 'place');
    expect(() => rotating.reseal(foreign, 'place')).toThrow(SealBrokenError);
  });

  it('recognizes identifiers of both keys', () => {
    expect(rotating.identifies('7', before.identifier('7'))).toBe(true);
    expect(rotating.identifies('7', after.identifier('7'))).toBe(true);
    expect(rotating.identifies('7', before.identifier('8'))).toBe(false);
    expect(after.identifies('7', before.identifier('7'))).toBe(false);
  });

  it('returns the box of a key by its id, and of the oldest key without an id', () => {
    expect(rotating.withKey(before.keyId)?.identifier('7')).toBe(before.identifier('7'));
    expect(rotating.withKey(undefined)?.identifier('7')).toBe(before.identifier('7'));
    expect(rotating.withKey(after.keyId)).toBe(rotating);
    expect(after.withKey(before.keyId)).toBeUndefined();
  });

  it('keeps lasting identifiers under a stored key', () => {
    const sealed = before.seal('check', 'place');
    const boxes = [before, rotating, after];
    for (const box of boxes) box.useLastingKey(rotating.lastingKeyFor(sealed, 'place'));
    expect(new Set(boxes.map((box) => box.lastingIdentifier('7')))).toEqual(new Set([before.identifier('7')]));
  });
});
