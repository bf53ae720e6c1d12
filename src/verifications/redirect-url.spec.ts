import { describe, expect, it } from 'vitest';

import { originIn, redirectProblem, redirectWith } from './redirect-url.js';

const allowed = ['https://good.example', 'http://localhost:3000'];

describe('redirectProblem', () => {
  it.each([
    'https://good.example',
    'https://good.example/',
    'https://good.example/verified?a=1#top',
    'https://good.example?a=1',
    'http://localhost:3000/verified',
  ])('accepts %s', (address) => {
    expect(redirectProblem(address, allowed)).toBeUndefined();
  });

  it.each([
    'https://good.example.evil/',
    'https://good.example@evil.example/',
    'https://good.example:x@evil.example/',
    'https://user@good.example/',
    'https://good.example\\@evil.example/',
    'https://good.example\\.evil.example/',
    'https://evil.example\\good.example/',
    'https://good.example:8443/',
    'https://good.example。evil/',
    'https://good.example%2eevil/',
    'https://sub.good.example/',
    'https://good.exampl',
    'http://good.example/',
    'HTTPS://good.example/',
    'https:good.example/',
    'https:/good.example/',
    'https:///good.example/',
    '//good.example/',
    '/verified',
    'javascript:alert(1)//https://good.example',
    'data:text/html,https://good.example',
    'https://good.example/\tx',
    'https://good\n.example/',
    ' https://good.example/',
    'http://localhost:3000.evil/',
    'http://localhost:30000/',
    '',
  ])('refuses %j', (address) => {
    expect(redirectProblem(address, allowed)).toMatch(/ALLOWED_REDIRECTS/);
    expect(originIn(address, allowed)).toBeUndefined();
  });
});

describe('redirectWith', () => {
  it('adds values to the query, in place of those with the same names', () => {
    const address = 'https://good.example/verified?a=1&token=forged&token=again#top';
    expect(redirectWith(address, { verification: 'v', token: 't&x' })).toBe(
      'https://good.example/verified?a=1&token=t%26x&verification=v#top',
    );
  });
});
