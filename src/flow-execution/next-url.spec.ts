import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { localPath, redirectTarget } from './next-url.js';

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
    ['/a?next=https%3A%2F%2Fapp.example%2F', '/a?next=https%3A%2F%2Fapp.example%2F'],
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
        // As a browser resolves it on a page of this service, and as it is written in a header.
        expect(new URL(path, 'https://auth.example.org/if/flow/x/').origin).toBe('https://auth.example.org');
        expect(path).toMatch(/^\/(?![/\\])[!-~]*$/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('The target of a redirect to an allowed origin', () => {
  const allowed = ['https://app.example', 'http://localhost:3000'];

  it.each([
    ['https://app.example', 'https://app.example/'],
    ['https://app.example/', 'https://app.example/'],
    ['https://app.example?a=b', 'https://app.example/?a=b'],
    ['https://app.example/a/b?c=https%3A%2F%2Fx#d', 'https://app.example/a/b?c=https%3A%2F%2Fx#d'],
    ['https://app.example/ä', 'https://app.example/%C3%A4'],
    ['http://localhost:3000/callback', 'http://localhost:3000/callback'],
    ['/if/user/', '/if/user/'],
  ])('may be %j', (wanted, target) => {
    expect(redirectTarget(wanted, allowed)).toBe(target);
  });

  it.each([
    // Other origins
    'https://evil.example/',
    'https://app.example.evil.example/',
    'https://evil.example/https://app.example/',
    'https://evil.example/?https://app.example/',
    'https://evil.example/#https://app.example/',
    'https://evil-app.example/',
    'https://sub.app.example/',
    'https://app.example./',
    'https://appxexample/',
    'https://[::1]/',
    // Other ports and schemes
    'https://app.example:8443/',
    'https://app.example:443/',
    'https://app.example:/',
    'http://app.example/',
    'http://localhost/',
    'http://localhost:30000/',
    'https://localhost:3000/',
    'ws://app.example/',
    'ftp://app.example/',
    'javascript:alert(1)',
    'javascript://app.example/%0aalert(1)',
    'data:text/html,https://app.example/',
    'blob:https://app.example/a',
    'filesystem:https://app.example/a',
    'view-source:https://app.example/',
    // Users
    'https://app.example@evil.example/',
    'https://app.example:a@evil.example/',
    'https://user@app.example/',
    'https://user:password@app.example/',
    'https://@app.example/',
    'https://app.example%40evil.example/',
    'https://app.example%2f@evil.example/',
    // Slashes and backslashes
    '//app.example/',
    '///app.example/',
    '//evil.example/',
    '/\\app.example/',
    '/\\evil.example/',
    '\\\\evil.example/',
    'https:app.example/',
    'https:/app.example/',
    'https:///app.example/',
    'https:\\\\app.example/',
    'https:/\\evil.example/',
    'https://app.example\\@evil.example/',
    'https://evil.example\\@app.example/',
    'https://app.example\\.evil.example/',
    // Blanks and control characters
    ' https://app.example/',
    'https://app.example/ ',
    'https://app.example/\t',
    'ht\ttps://app.example/',
    'https://\tapp.example/',
    'https://evil.example\n@app.example/',
    'https://app.example\r\nLocation: https://evil.example/',
    'https://app.example/\0',
    '\u0001https://app.example/',
    'https://app.example/\u2028',
    'https://app\u00ad.example/',
    // Other spellings
    'HTTPS://app.example/',
    'https://APP.example/',
    'https://app。example/',
    'https://ａｐｐ.example/',
    'app.example',
    '',
  ])('must not be %j', (wanted) => {
    expect(redirectTarget(wanted, allowed)).toBeUndefined();
  });

  it('is this service or an allowed origin, for any input', () => {
    const piece = fc.constantFrom(
      ...['https://', 'http://', 'https:', '/', '\\', '@', ':', '.', '%2f', '%5c', '%40', '\t', '\n', '?', '#', '443'],
      ...['app.example', 'evil.example', 'a', '*', '\u3002'],
    );
    const known = ['https://auth.example.org', ...allowed];
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const target = redirectTarget(pieces.join(''), allowed);
        if (target === undefined) return;
        const { origin, username, password } = new URL(target, 'https://auth.example.org/if/flow/x/');
        expect([known.includes(origin), username, password]).toEqual([true, '', '']);
        expect(target).toMatch(/^(?:\/(?![/\\])|https:\/\/app\.example\/)[!-~]*$/);
      }),
      { numRuns: 5000 },
    );
  });

  it('is undefined if no origin is allowed', () => {
    expect(redirectTarget('https://app.example/', [])).toBeUndefined();
  });
});
