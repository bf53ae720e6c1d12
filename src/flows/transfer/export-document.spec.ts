import { describe, expect, it } from 'vitest';

import { type ExportedEntry, exportText } from './export-document.js';
import { Tag, type TreeMap } from './tree.js';
import { readTree } from './yaml-reader.js';

const entry = (attrs: Record<string, unknown>): ExportedEntry => ({
  attrs,
  conditions: [],
  identifiers: { slug: 'x', pk: '1219d06e-2c06-4c5b-a162-78e3959c6cf0' },
  model: 'authentik_flows.flow',
  permissions: [],
  state: 'present',
});
const text = (attrs: Record<string, unknown>): string => exportText([entry(attrs)], new Date(0));

/** Strings that YAML 1.1 or 1.2 would read as something else without quotes. */
const texts = [
  ...['yes', 'Y', 'n', 'off', 'True', 'NULL', 'null', '~', '', ' ', '=', '<<', '---', '...', '%YAML 1.1'],
  ...['0777', '0', '00', '0b1', '0x1f', '1_000', '+1', '1:30', '190:20:30', '1e3', '12e03', '1.', '.5', '.inf', 'NaN'],
  ...['2024-12-20', '2001-12-14t21:59:43.10-05:00', '- x', '-', '? x', '?', ':', 'a:', 'x: y', '#c', 'a #c', '{a}'],
  ...['[x]', 'x,y', '@x', '`x', '*z', '&a', '!t', '|', '> x', '"', "'", '\\', 'a\\nb', 'ü "q" \'s\'', 'seconds=0'],
  ...['multi\nline', 'multi\nline\n', '\n', '\n\nx', 'a\n\n\nb\n\n', '  indented\nblock', 'x\n ', '# x\n# y', 'x\r\ny'],
  ...[
    ' lead',
    'trail ',
    'tab\there',
    '\t',
    'a\u0007b',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
    '\ufeffc',
    '\uffff',
    '😀 x',
  ],
  ...['\u00a0x', 'a'.repeat(200), `${'a '.repeat(100)}b`],
];

describe('exportText', () => {
  it('writes authentik’s format', () => {
    const attrs = { title: 'Reset', order: 5, list: ['b', 'a'], no: false, map: { b: 1, a: [] } };
    expect(exportText([entry(attrs)], new Date('2024-12-20T10:11:12.123Z'))).toBe(`context: {}
entries:
- attrs:
    list:
    - b
    - a
    map:
      a: []
      b: 1
    'no': false
    order: 5
    title: Reset
  conditions: []
  identifiers:
    pk: 1219d06e-2c06-4c5b-a162-78e3959c6cf0
    slug: x
  model: authentik_flows.flow
  permissions: []
  state: present
metadata:
  labels:
    blueprints.goauthentik.io/generated: 'true'
  name: authentik Export - 2024-12-20 10:11:12.123000+00:00
version: 1
`);
  });

  it.each(texts)('round-trips %j', (value) => {
    const { tree } = readTree(Buffer.from(text({ value, [value]: 'key' })));
    const [read] = (tree as { entries: { attrs: TreeMap }[] }).entries;
    expect(read?.attrs).toEqual({ value, [value]: 'key' });
  });

  it.each(texts)('round-trips a reference to an object with the name %j', (name) => {
    const find = new Tag('!Find', ['authentik_core.group', ['name', name]], 0);
    const reference = new Tag('!If', [find, 'a key', find], 0);
    const { tree } = readTree(Buffer.from(text({ reference })));
    const [read] = (tree as { entries: { attrs: TreeMap }[] }).entries;
    expect(read?.attrs).toMatchObject({
      reference: {
        name: '!If',
        argument: [
          { name: '!Find', argument: ['authentik_core.group', ['name', name]] },
          'a key',
          { name: '!Find', argument: ['authentik_core.group', ['name', name]] },
        ],
      },
    });
  });

  it('writes no anchors or aliases', () => {
    const shared = { a: ['x'] };
    expect(text({ one: shared, two: shared })).not.toMatch(/[&*]/);
  });
});
