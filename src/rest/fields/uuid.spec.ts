import { describe, expect, it } from 'vitest';

import { parseKey } from './key.pipe.js';
import { parseUuid } from './uuid.js';

const uuid = 'b6f3d1a0-0000-4abc-8def-000000000001';

describe('a UUID', () => {
  it.each([
    uuid,
    uuid.toUpperCase(),
    uuid.replaceAll('-', ''),
    `{${uuid}}`,
    `urn:uuid:${uuid}`,
    `URN:UUID:${uuid.toUpperCase()}`,
    `uuid:${uuid}`,
    'b6f3-d1a000004abc8def-000000000001',
  ])('may be spelt %s', (spelling) => {
    expect(parseUuid(spelling)).toBe(uuid);
  });

  it.each(
    [
      ...['', 'x', uuid.slice(1), `${uuid}0`, uuid.replace('b', 'g'), `${uuid} `, `${uuid}\0`, uuid.replace('b', '６')],
      ...[`(${uuid})`, 5, null, undefined, true, [uuid]],
    ].map((value) => [value]),
  )('is not %j', (value) => {
    expect(parseUuid(value)).toBeUndefined();
  });
});

describe('a key in a path', () => {
  it.each<['uuid' | 'integer' | 'text', string, string | number]>([
    ['uuid', uuid.toUpperCase(), uuid],
    ['integer', '5', 5],
    ['integer', '2147483647', 2147483647],
    ['text', 'Any-Text', 'Any-Text'],
  ])('of the format %s is parsed: %s', (format, text, key) => {
    expect(parseKey(format, text)).toBe(key);
  });

  it.each<['uuid' | 'integer' | 'text', string]>([
    ['uuid', 'x'],
    ['uuid', `${uuid}\0`],
    ['integer', ''],
    ['integer', 'x'],
    ['integer', '-1'],
    ['integer', '1.0'],
    ['integer', '2147483648'],
    ['integer', '99999999999'],
    ['text', 'a\0b'],
  ])('that is invalid in the format %s answers 404: %j', (format, text) => {
    expect(() => parseKey(format, text)).toThrow(expect.objectContaining({ code: 'notFound' }));
  });
});
