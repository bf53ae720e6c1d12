import { describe, expect, it } from 'vitest';

import { BlueprintError } from './blueprint-error.js';
import { type TagScope, TagResolver } from './tag-resolver.js';
import type { TreeMap } from './tree.js';
import { readTree } from './yaml-reader.js';

const scope = (context: string): TagScope => ({
  context: readTree(Buffer.from(context)).tree as TreeMap,
  keyOf: (id) => (id === 'known' ? 'key-of-known' : undefined),
  find: (model, conditions) => Promise.resolve(`${model} ${JSON.stringify([...conditions])}`),
  environment: (name, hasDefault) => {
    if (name === 'SECRET_KEY' && !hasDefault) throw new BlueprintError('not that one');
    return name === 'SET' ? 'from the environment' : undefined;
  },
});

const context = `
text: foo
empty: ""
sequence: [foo, bar]
mapping: {key1: value, key2: 2}
nested: !Format ["<%s>", !Context text]
loop: !Context loop
deep: {list: [!Context text]}
`;

async function resolveValue(value: string, more = ''): Promise<any> {
  const { tree } = readTree(Buffer.from(`value: ${value}`));
  const { value: result } = (await new TagResolver(scope(context + more)).resolve(tree)) as { value: unknown };
  return result;
}

describe('TagResolver', () => {
  it.each<[string, unknown]>([
    ['!Context text', 'foo'],
    ['!Context [text, other]', 'foo'],
    ['!Context missing', null],
    ['!Context [missing, [a, !Context text]]', ['a', 'foo']],
    ['!Context nested', '<foo>'],
    ['!Context deep', { list: ['foo'] }],
    ['!Env SET', 'from the environment'],
    ['!Env [SET, other]', 'from the environment'],
    ['!Env [SECRET_KEY, other]', 'other'],
    ['!Env [SECRET_KEY, null]', null],
    ['!Env UNSET', null],
    ['!Env [UNSET, !Context text]', 'foo'],
    ['!KeyOf known', 'key-of-known'],
    ['!Format ["%s-%03d", !Context text, 7]', 'foo-007'],
    ['!Format [!Context nested]', '<foo>'],
    [
      '!Find [authentik_flows.flow, [slug, !Context text], [name, 5]]',
      'authentik_flows.flow [["slug","foo"],["name",5]]',
    ],
    ['!If [true]', true],
    ['!If [""]', false],
    ['!If yes', true],
    ['!If [!Context empty, a, !Context text]', 'foo'],
    ['!If [!Context sequence, {a: !Context text}, b]', { a: 'foo' }],
    ['!If [true, a, !KeyOf nobody]', 'a'],
    ['!AtIndex [!Context sequence, 1]', 'bar'],
    ['!AtIndex [!Context sequence, -1]', 'bar'],
    ['!AtIndex [!Context mapping, key2]', 2],
    ['!AtIndex [!Context mapping, nothing, !Context text]', 'foo'],
    ['!AtIndex [!Context sequence, 5, null]', null],
    ['[!Context text, {a: !Context text}]', ['foo', { a: 'foo' }]],
  ])('resolves %s to %j', async (value, expected) => {
    expect(await resolveValue(value)).toEqual(expected);
  });

  it.each([
    ['AND', false, false, true],
    ['NAND', true, true, false],
    ['OR', false, true, true],
    ['NOR', true, false, false],
    ['XOR', false, true, false],
    ['XNOR', true, false, true],
  ])('resolves !Condition with %s', async (mode, none, one, both) => {
    const of = (a: string, b: string): Promise<unknown> => resolveValue(`!Condition [${mode}, ${a}, ${b}]`);
    expect([await of('""', '0'), await of('x', '[]'), await of('1', '!Context sequence')]).toEqual([none, one, both]);
  });

  it('accepts any number of values for !Condition, and modes in any letter case', async () => {
    expect(await resolveValue('!Condition [xor, 1, 1, 1]')).toBe(true);
    expect(await resolveValue('!Condition [and, 1]')).toBe(true);
  });

  it('enumerates lists, mappings and strings', async () => {
    expect(await resolveValue('!Enumerate [!Context sequence, SEQ, !Format ["%s-%s", !Index 0, !Value 0]]')).toEqual([
      '0-foo',
      '1-bar',
    ]);
    expect(
      await resolveValue('!Enumerate [!Context sequence, MAP, [!Format ["index: %d", !Index 0], !Value 0]]'),
    ).toEqual({
      'index: 0': 'foo',
      'index: 1': 'bar',
    });
    expect(await resolveValue('!Enumerate [!Context mapping, SEQ, !Format ["%s=%s", !Index 0, !Value 0]]')).toEqual([
      'key1=value',
      'key2=2',
    ]);
    expect(await resolveValue('!Enumerate [!Context mapping, map, [!Value 0, !Index 0]]')).toEqual({
      value: 'key1',
      '2': 'key2',
    });
    expect(await resolveValue('!Enumerate [!Context text, SEQ, !Value 0]')).toEqual(['f', 'o', 'o']);
  });

  it('resolves the items of both levels in nested !Enumerate', async () => {
    const value = `!Enumerate [!Context sequence, MAP, [
      !Index 0,
      !Enumerate [!Context mapping, MAP, [
        !Format ["%s", !Index 0],
        [!Enumerate [!Value 2, SEQ, !Format ["prefixed-%s", !Value 0]], {outer: !Value 1, inner: !Value 0, at: !Index 1}],
      ]],
    ]]`;
    const [foo, bar] = [
      ['prefixed-f', 'prefixed-o', 'prefixed-o'],
      ['prefixed-b', 'prefixed-a', 'prefixed-r'],
    ];
    expect(await resolveValue(value)).toEqual({
      '0': { key1: [foo, { outer: 'foo', inner: 'value', at: 0 }], key2: [foo, { outer: 'foo', inner: 2, at: 0 }] },
      '1': { key1: [bar, { outer: 'bar', inner: 'value', at: 1 }], key2: [bar, { outer: 'bar', inner: 2, at: 1 }] },
    });
  });

  it.each<[string, RegExp]>([
    ['!KeyOf nobody', /no earlier entry has the id nobody/],
    ['!KeyOf [a]', /takes a string/],
    ['!Env SECRET_KEY', /not that one/],
    ['!Format x', /takes a list/],
    ['!Format ["%s"]', /not enough values/],
    ['!Find [authentik_flows.flow]', /at least 2 items/],
    ['!Find [authentik_flows.flow, slug]', /pairs/],
    ['!Condition [AND]', /at least 2 items/],
    ['!Condition [MAYBE, 1]', /not one of AND/],
    ['!Enumerate [1, SEQ, x]', /needs a list/],
    ['!Enumerate [[1], SET, x]', /not one of SEQ, MAP/],
    ['!Enumerate [[1], MAP, x]', /pairs of key and value/],
    ['!Enumerate [!Value 0, SEQ, x]', /cannot depend on its items/],
    ['!Enumerate [[1], SEQ, !Value 1]', /no !Enumerate 1 levels around it/],
    ['!Enumerate [[1], SEQ, !Value x]', /no !Enumerate/],
    ['!Index 0', /only allowed inside !Enumerate/],
    ['!AtIndex [[1], 5]', /no item at 5/],
    ['!AtIndex [{a: 1}, constructor]', /no item at constructor/],
    ['!Context loop', /nested too deeply/],
    ['"\\0"', /null character/],
    ['"\\uD800"', /unpaired surrogate/],
    ['{"\\0": 1}', /null character/],
  ])('rejects %s', async (value, message) => {
    await expect(resolveValue(value)).rejects.toThrow(message);
    await expect(resolveValue(value)).rejects.toThrow(BlueprintError);
  });

  it('reports the line of an invalid tag', async () => {
    await expect(resolveValue('\n  - !Context text\n  - !KeyOf nobody')).rejects.toMatchObject({ line: 3 });
  });
});

describe('TagResolver for a hostile file', () => {
  const doubling = Array.from(
    { length: 40 },
    (_, i) => `d${i + 1}: !Format ["%s%s", !Context d${i}, !Context d${i}]`,
  ).join('\n');
  const list = `[${Array(100).fill('x').join(',')}]`;

  it.each<[string, string, string]>([
    ['strings that double', '!Context d40', `d0: x\n${doubling}`],
    ['nested enumerations', `!Enumerate [${list}, SEQ, !Enumerate [${list}, SEQ, !Enumerate [${list}, SEQ, x]]]`, ''],
    ['a long string many times', `[${Array(20).fill('!Context long').join(',')}]`, `long: ${'x'.repeat(500_000)}`],
    ['the letters of a long string', '!Enumerate [!Context long, SEQ, x]', `long: ${'x'.repeat(500_000)}`],
  ])('rejects %s within a second', async (_, value, more) => {
    const before = process.cpuUsage();
    await expect(resolveValue(value, more)).rejects.toThrow(/too large|too long/);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});
