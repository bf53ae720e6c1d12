import { describe, expect, it } from 'vitest';

import { linkSecret, linkUrl, oneTimeCode } from './link-secret.js';
import { SecretBox } from './secret-box.js';

const secrets = new SecretBox('a secret key for the tests of links');
const otherSecrets = new SecretBox('another secret key for these tests');

describe('linkSecret', () => {
  it('returns the same 256 bits as hex for the same key', () => {
    expect(linkSecret('a', secrets)).toMatch(/^[0-9a-f]{64}$/);
    expect(linkSecret('a', secrets)).toBe(linkSecret('a', secrets));
  });

  it('depends on the key and on SECRET_KEY', () => {
    expect(linkSecret('b', secrets)).not.toBe(linkSecret('a', secrets));
    expect(linkSecret('a', otherSecrets)).not.toBe(linkSecret('a', secrets));
  });
});

describe('oneTimeCode', () => {
  it('returns six digits, with leading zeros', () => {
    const codes = Array.from({ length: 200 }, (_, index) => oneTimeCode(String(index), secrets));
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(190);
  });
});

describe('linkUrl', () => {
  const link = { path: '/if/flow/x/', query: '', parameter: 'flow_token', key: 'a' };

  it('appends the secret to the query', () => {
    const secret = `flow_token=${linkSecret('a', secrets)}`;
    expect(linkUrl(link, 'https://example.org', secrets)).toBe(`https://example.org/if/flow/x/?${secret}`);
    expect(linkUrl({ ...link, query: 'next=%2F' }, 'https://example.org', secrets)).toBe(
      `https://example.org/if/flow/x/?next=%2F&${secret}`,
    );
  });
});
