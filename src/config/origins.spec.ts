import { describe, expect, it } from 'vitest';

import { exactOrigins } from './origins.js';

describe('exactOrigins', () => {
  it('reads origins with and without a port', () => {
    expect(exactOrigins('https://app.example.com, http://localhost:3000,https://[2001:db8::1]:8443')).toEqual([
      'https://app.example.com',
      'http://localhost:3000',
      'https://[2001:db8::1]:8443',
    ]);
  });

  it.each([
    '*',
    'https://*',
    'https://*.example.com',
    'https://app*.example.com',
    '/https:\\/\\/.*\\.example\\.com/',
    'https://(app|web).example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://app.example.com?a',
    'https://app.example.com#a',
    'https://app.example.com:443',
    'http://app.example.com:80',
    'https://user@app.example.com',
    'https://App.example.com',
    'HTTPS://app.example.com',
    'https://bücher.example',
    'app.example.com',
    '//app.example.com',
    'ftp://app.example.com',
    'javascript:alert(1)',
    'null',
    'https://',
    'https://app.example.com,,https://b.example',
    'https://app.example.com\\',
  ])('refuses %j', (text) => {
    expect(() => exactOrigins(text)).toThrow(/^must be exact origins/);
  });
});
