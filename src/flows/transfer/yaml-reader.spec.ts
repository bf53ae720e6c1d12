import { describe, expect, it } from 'vitest';

import { Tag } from './tree.js';
import { readTree } from './yaml-reader.js';

const read = (text: string | Uint8Array): unknown => readTree(Buffer.from(text)).tree;
const tag = (name: string, argument: Tag['argument'], line = 1): Tag => new Tag(name, argument, line);

describe('readTree for YAML', () => {
  // Expected values are those of PyYAML, which authentik uses.
  it.each<[string, unknown]>([
    ['yes', true],
    ['off', false],
    ['y', 'y'],
    ['N', 'N'],
    ['~', null],
    ['', null],
    ['0777', 511],
    ['0x1F', 31],
    ['1_000', 1000],
    ['1.5', 1.5],
    ['1e3', '1e3'],
    ['-12E+5', '-12E+5'],
    ['1.0e+3', 1000],
    ['2024-12-20', '2024-12-20'],
    ['!!str 5', '5'],
    ['"yes"', 'yes'],
    ["'5'", '5'],
    ['text with: colon'.replace(': ', ':'), 'text with:colon'],
    ['|\n  a\n  b\n', 'a\nb\n'],
    ['>\n  a\n  b\n', 'a b\n'],
    ['[a, 1, {b: c}]', ['a', 1, { b: 'c' }]],
  ])('parses the value %j', (text, value) => {
    expect(read(`a: ${text}`)).toEqual({ a: value });
  });

  it('converts keys to strings', () => {
    expect(read('1: a\nyes: b\nnull: c\n"x y": d')).toEqual({ '1': 'a', yes: 'b', null: 'c', 'x y': 'd' });
  });

  it('merges mappings: own keys take precedence, then the first of several merged mappings', () => {
    const text = 'one: &one {a: 1, b: 1, c: 1}\ntwo: &two {b: 2, c: 2, d: 2}\nboth: {<<: [*one, *two], c: 3}';
    expect(read(text)).toMatchObject({ both: { a: 1, b: 1, c: 3, d: 2 } });
    expect(read('one: &one {a: 1}\ntwo:\n  <<: *one\n  b: 2')).toMatchObject({ two: { a: 1, b: 2 } });
    expect(() => read('a: {<<: [1]}')).toThrow('Only mappings can be merged.');
  });

  it('uses the last of two equal keys and keeps __proto__ and constructor as ordinary keys', () => {
    const value = read('a: 1\na: 2\n__proto__: {x: 1}\nconstructor: 3') as object;
    expect(Object.entries(value)).toEqual([
      ['a', 2],
      ['__proto__', { x: 1 }],
      ['constructor', 3],
    ]);
    expect('x' in value).toBe(false);
  });

  it('parses tags with strings and lists, also nested', () => {
    const text = 'a: !KeyOf flow\nb: !Format ["%s-%s", !Context [x, y], !Value 0]';
    expect(read(text)).toEqual({
      a: tag('!KeyOf', 'flow'),
      b: tag('!Format', ['%s-%s', tag('!Context', ['x', 'y'], 2), tag('!Value', '0', 2)], 2),
    });
  });

  it('reports the line of an error', () => {
    expect(() => read('a: 1\nb:\n  - !Nothing x')).toThrow(expect.objectContaining({ line: 3 }));
    expect(() => read('a: 1\nb: c: d')).toThrow(expect.objectContaining({ line: 2 }));
  });

  it('does not quote invalid input in errors, since it may contain secrets', () => {
    for (const text of [
      'password: "secret\n',
      'password: | secret',
      'a: "b" secret',
      'a: [secret',
      'secret: {]',
      '@secret',
    ]) {
      expect(() => read(text)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
    }
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /empty/],
    ['a blank file', ' \n \n', /empty/],
    ['a ZIP file', Buffer.from('PK\x03\x04\x14\0\0\0\xff\xfe', 'latin1'), /not valid UTF-8/],
    ['other encodings', Buffer.from('a: ü', 'latin1'), /not valid UTF-8/],
    ['control characters', 'a: \u0001', /contains control characters/],
    ['null characters', 'a: \0', /contains control characters/],
    ['two documents', 'a: 1\n---\nb: 2', /more than one document/],
    ['a Python object', 'a: !!python/object/apply:os.system [ls]', /Unknown tag .*python/],
    ['a JavaScript function', 'a: !!js/function "x"', /Unknown tag .*js/],
    ['binary data', 'a: !!binary aGk=', /Unknown tag .*binary/],
    ['a file of the server', 'a: !File /etc/passwd', /Unknown tag !File/],
    ['a tag with a mapping', 'a: !Format {b: c}', /takes a string or a list/],
    ['an alias without an anchor', 'a: *b', /has no earlier anchor/],
    ['an alias inside its own anchor', 'a: &a [*a]', /has no earlier anchor/],
    ['infinity', 'a: .inf', /not supported/],
    ['a list as a key', '? [a]\n: b', /key must be a scalar/],
    ['a tag as a key', '!Context a: b', /key must be a scalar/],
  ])('rejects %s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('readTree for JSON', () => {
  it('parses JSON', () => {
    expect(read('{"a":"\\t\\u00fc","b":1e3,\n\t"c":[true,null]}')).toEqual({ a: '\tü', b: 1000, c: [true, null] });
  });

  it('parses JSON-like text as YAML', () => {
    expect(read('{version: 1, "a": !KeyOf b}')).toEqual({ version: 1, a: tag('!KeyOf', 'b') });
  });
});

/** Returns the CPU time in milliseconds, which is independent of other load. */
function cpuTimeMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('readTree for a hostile file', () => {
  const times = (text: string, count: number): string => text.repeat(count);
  const laughs = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghi'.split('').map((name, index) => {
      const before = `*${'abcdefgh'[index]}`;
      return `${name}: &${name} [${Array(9).fill(before).join(',')}]`;
    }),
  ].join('\n');

  it.each<[string, string, RegExp]>([
    ['a file of 2 MB', `a: ${times('x', 2_000_000)}`, /larger than/],
    ['a billion laughs', laughs, /too large after expansion of aliases/],
    [
      'a billion laughs by merge keys',
      `a: &a {${times('k1: 1, ', 1)}${Array.from({ length: 900 }, (_, i) => `x${i}: 1`).join(',')}}\n${Array.from({ length: 900 }, (_, i) => `b${i}: {<<: *a}`).join('\n')}`,
      /too large after expansion of aliases/,
    ],
    ['deeply nested lists', times('- ', 10_000), /nested too deeply/],
    ['deeply nested brackets', times('[', 10_000) + times(']', 10_000), /nested too deeply/],
    ['deeply nested braces', times('{a: ', 10_000), /nested too deeply/],
    ['deeply nested keys', times('? ', 10_000), /nested too deeply/],
    ['a megabyte of lists', `a: [${times('[],', 330_000)}]`, /tokens/],
    ['a megabyte of words', `a: [${times('x,', 500_000)}]`, /tokens/],
    ['a megabyte of comments', times('# x\n', 250_000), /tokens/],
    ['a megabyte of documents', times('---\n', 250_000), /tokens/],
    ['a megabyte of anchors', times('- &a x\n', 140_000), /tokens/],
    ['a megabyte of block scalars', times('- |\n  x\n', 120_000), /tokens/],
    ['a megabyte of keys', Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n'), /tokens/],
    ['a megabyte of bars', times('|', 1_000_000), /Block scalar/],
  ])('rejects %s within a second', (_, text, message) => {
    expect(cpuTimeMs(() => expect(() => read(text)).toThrow(message))).toBeLessThan(1000);
  });

  it.each<[string, string]>([
    ['text', `a: "${times('x\\n', 300_000)}"`],
    ['quotes', `a: '${times("''", 400_000)}'`],
    ['backslashes', `a: "${times('\\\\', 400_000)}"`],
    ['lines', `a:\n${times('  x\n', 200_000)}`],
    ['JSON', `{"a":[${times('[],', 330_000)}1]}`],
  ])('parses a megabyte of %s within a second', (_, text) => {
    expect(cpuTimeMs(() => read(text))).toBeLessThan(1000);
  });
});
