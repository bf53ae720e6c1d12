import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { localPath } from './next-url.js';

describe('The target of a redirect', () => {
  it.each([
    ['/', '/'],
    ['/if/user/', '/if/user/'],
    ['/unique-string', '/unique-string'],
    ['/a/b?c=d&e=%2Ff#g', '/a/b?c=d&e=%2Ff#g'],
    ['/a?next=https://example.org//b', '/a?next=https://example.org//b'],
    ['/ä', '/%C3%A4'],
    ['/a/../b', '/b'],
    ['/a%20b', '/a%20b'],
    ['/a@b', '/a@b'],
  ])('may be the path %j', (wanted, path) => {
    expect(localPath(wanted)).toBe(path);
  });

  it.each([
    '',
    'a',
    './a',
    '?a',
    '#a',
    '//example.org',
    '///example.org',
    '/a//b',
    '/./\u002fexample.org',
    '/.//example.org',
    '/a/..//example.org',
    '/%2e//example.org',
    '/%2f%2fexample.org',
    '/\\example.org',
    '\\\\example.org',
    '/%5cexample.org',
    '/%5C%5Cexample.org',
    '/a?b=\\c',
    'https:example.org',
    'https://example.org/',
    'HTTPS://example.org/',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'mailto:a@example.org',
    '/@example.org',
    '@example.org',
    ' /a',
    '/a ',
    '/ /example.org',
    '/\t/example.org',
    '/\n/example.org',
    '/\r\nSet-Cookie: a=b',
    '/%0d%0aSet-Cookie:%20a=b',
    '/%09/example.org',
    '/a\0b',
    '/%00',
    '/\u0085/example.org',
    '/\u2028/example.org',
    '/\ufeff/example.org',
    '\u0001//example.org',
  ])('must not be %j', (wanted) => {
    expect(localPath(wanted)).toBeUndefined();
  });

  it('is never on another origin, for any input', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '@',
      ':',
      '%2f',
      '%5c',
      '\t',
      '\n',
      '?',
      '#',
      'a',
      'https',
      'ev.il',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = localPath(pieces.join(''));
        if (path === undefined) return;
        // As a browser reads it on a page of ours, and in a header.
        expect(new URL(path, 'https://auth.example.org/if/flow/x/').origin).toBe('https://auth.example.org');
        expect(path).toMatch(/^\/(?![/\\])[!-~]*$/);
      }),
      { numRuns: 5000 },
    );
  });
});
