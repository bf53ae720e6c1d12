import { describe, expect, it } from 'vitest';

import { parseJson } from './request-body.js';

const bytes = (text: string): Buffer => Buffer.from(text);

/** The error message that a client gets. */
function refusal(body: Uint8Array): string {
  try {
    parseJson(body);
  } catch (error) {
    expect(error).toMatchObject({ code: 'malformedJson', status: 400 });
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

describe('JSON', () => {
  it.each<[string, unknown]>([
    ['{}', {}],
    [' \t\r\n{} \n', {}],
    ['null', null],
    ['"x"', 'x'],
    ['-1.5e2', -150],
    ['{"a":1,"a":2}', { a: 2 }],
    ['{"a":"\\ud83d\\ude00"}', { a: '😀' }],
    ['{"a":"\\uD83D\\uDE00 \\\\ud800"}', { a: '😀 \\ud800' }],
    ['{"a":"ü\\u0000\\/"}', { a: 'ü\0/' }],
    ['{"a":1.7e308}', { a: 1.7e308 }],
    ['{"a":1e-999}', { a: 0 }],
    ['{"a":"1e999"}', { a: '1e999' }],
  ])('%s is parsed', (text, expected) => {
    expect(parseJson(bytes(text))).toEqual(expected);
  });

  it.each([
    ...['', ' ', '{', '{}x', '{}{}', '[1,]', '{"a":1,}', "{'a':1}", '{a:1}', '{"a" 1}', '01', '+1', '.5', '1.', 'tru'],
    ...[
      'NaN',
      '{"a":NaN}',
      '{"a":Infinity}',
      '{"a":-Infinity}',
      'undefined',
      '{/**/}',
      '"a\tb"',
      '"\u0001"',
      '"\\x41"',
    ],
    ...['\0', '{}\0', '\ufeff{}', '"\\u12"'],
  ])('%j is malformed', (text) => {
    expect(refusal(bytes(text))).toMatch(/^JSON parse error - unexpected content( at position \d+)?$/);
  });

  it.each(['"\\ud800"', '"\\udc00\\ud800"', '"\\uD800x"', '{"\\udfff":1}', '{"a":{"b":["\\ud800"]}}'])(
    'with the unpaired surrogate %s is malformed',
    (text) => {
      expect(refusal(bytes(text))).toBe('JSON parse error - unpaired surrogate');
    },
  );

  it.each(['1e400', '-1E+400', '{"a":[1e0000400]}', `{"a":${'9'.repeat(310)}}`, `${'9'.repeat(299)}e99`])(
    'with the number %s, which is too large, is malformed',
    (text) => {
      expect(refusal(bytes(text))).toBe('JSON parse error - number too large');
    },
  );

  it.each([
    [Buffer.from([0xff])],
    [Buffer.from('{"a":"\xff"}', 'latin1')],
    [Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    [Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    [Buffer.from('{}', 'utf16le')],
  ])('in an encoding other than UTF-8 is malformed: %j', (body) => {
    expect(refusal(body)).toMatch(/^JSON parse error - (not UTF-8|unexpected content)/);
  });

  it('may be nested up to 200 levels', () => {
    expect(parseJson(bytes('['.repeat(200) + ']'.repeat(200)))).toHaveLength(1);
    expect(refusal(bytes('['.repeat(201) + ']'.repeat(201)))).toBe('JSON parse error - nested too deeply');
    expect(refusal(bytes('{"a":'.repeat(100_000)))).toBe('JSON parse error - nested too deeply');
    expect(parseJson(bytes(`["${'['.repeat(500)}\\"${'{'.repeat(500)}"]`))).toHaveLength(1);
  });

  it('that is malformed is not quoted in the error', () => {
    expect(refusal(bytes('{"password": my secret}'))).not.toMatch(/secret|password/);
    expect(refusal(bytes('my secret'))).not.toContain('secret');
  });

  it('keeps inherited property names as ordinary keys', () => {
    const value = parseJson(bytes('{"__proto__":{"a":1},"constructor":2,"b":1e10}')) as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'b']);
    expect('a' in value).toBe(false);
  });
});
