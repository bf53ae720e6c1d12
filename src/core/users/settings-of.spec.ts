import { describe, expect, it } from 'vitest';

import { settingsOf } from './settings-of.js';

describe('settingsOf', () => {
  it('returns no settings without layers', () => {
    expect(settingsOf([])).toEqual({});
    expect(settingsOf([{}, { other: 1 }])).toEqual({});
  });

  it.each([null, 'text', 5, true, [1]])('ignores a layer with the settings %j', (settings) => {
    expect(settingsOf([{ settings: { a: 1 } }, { settings }])).toEqual({ a: 1 });
  });

  it('merges all layers; the last one takes precedence', () => {
    expect(settingsOf([{ settings: { a: 1, b: 1 } }, { settings: { b: 2, c: 2 } }, { settings: { c: null } }])).toEqual(
      {
        a: 1,
        b: 2,
        c: null,
      },
    );
  });

  it('merges objects recursively, but not lists', () => {
    const below = { settings: { theme: { base: 'dark', size: { w: 1, h: 1 } }, list: [1, 2] } };
    const above = { settings: { theme: { size: { h: 2 } }, list: [3] } };
    expect(settingsOf([below, above])).toEqual({
      theme: { base: 'dark', size: { w: 1, h: 2 } },
      list: [3],
    });
    expect(below.settings.theme.size).toEqual({ w: 1, h: 1 });
  });

  it('supports keys that are properties of every object', () => {
    const hostile = JSON.parse('{"settings":{"__proto__":{"x":1},"constructor":{"y":1}}}') as Record<string, unknown>;
    const settings = settingsOf([hostile, hostile]);
    expect(JSON.stringify(settings)).toBe('{"__proto__":{"x":1},"constructor":{"y":1}}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
