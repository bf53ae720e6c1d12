import { describe, expect, it } from 'vitest';

import { mailAddressProblem, readMailAddress } from './mail-address.js';

describe('readMailAddress', () => {
  it.each([
    ['books@library.example', '', 'books@library.example'],
    [' <books@library.example> ', '', 'books@library.example'],
    ['City Library <books@library.example>', 'City Library', 'books@library.example'],
    ['City  Library<books@library.example>', 'City Library', 'books@library.example'],
    ['"Library, City" <books@library.example>', 'Library, City', 'books@library.example'],
    ['"The \\"Big\\" \\\\ Library" <books@library.example>', 'The "Big" \\ Library', 'books@library.example'],
    ['The "Big" Library <books@library.example>', 'The Big Library', 'books@library.example'],
    ['J. R. Müller, Bücherei <books@bücher.example>', 'J. R. Müller, Bücherei', 'books@bücher.example'],
  ])('reads %s', (text, name, address) => {
    const read = readMailAddress(text);
    expect(read).toEqual({ name, address });
    expect(mailAddressProblem('sender', read)).toBeUndefined();
  });

  it.each([
    '',
    'City Library',
    'City Library <>',
    'City Library <books>',
    'City Library <books@library.example',
    'City Library books@library.example>',
    '<City Library> <books@library.example>',
    'City Library <books@library.example>, <other@library.example>',
    'a@library.example, b@library.example',
    'books@library.example (City Library)',
    '"City Library <books@library.example>',
    'City\nLibrary <books@library.example>',
    '=?utf-8?q?City?= <books@library.example>',
    `${'x'.repeat(501)} <books@library.example>`,
  ])('returns no valid sender for %j', (text) => {
    expect(mailAddressProblem('sender', readMailAddress(text))).toMatch(/^The (address of the )?sender/);
  });
});
