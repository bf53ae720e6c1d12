import { describe, expect, it } from 'vitest';

import { percentFormat } from './percent-format.js';

describe('percentFormat', () => {
  // Expected values are those of Python 3 for text % tuple(values).
  it.each<[string, unknown[], string]>([
    ['plain', [], 'plain'],
    ['%s', ['x'], 'x'],
    ['a-%s-%s', ['b', 5], 'a-b-5'],
    ['%d of %i', [3, 4.9], '3 of 4'],
    ['%s %s %s', [true, false, null], 'True False None'],
    ['100%%', [], '100%'],
    ['%5s|%-5s|', ['ab', 'ab'], '   ab|ab   |'],
    ['%05d %+d % d %-4d|', [42, 42, 42, 42], '00042 +42  42 42  |'],
    ['%05d', [-42], '-0042'],
    ['%f %.2f %6.1f', [1, 2.345, 3.14159], '1.000000 2.35    3.1'],
    ['%x %X %04x', [255, 255, 255], 'ff FF 00ff'],
    ['%.3s', ['abcdef'], 'abc'],
    ['%d', [true], '1'],
  ])('formats %j with %j', (text, values, expected) => {
    expect(percentFormat(text, values)).toBe(expected);
  });

  it.each<[string, unknown[], RegExp]>([
    ['%s', [], /not enough values/],
    ['%s', ['a', 'b'], /too many values/],
    ['none', ['a'], /too many values/],
    ['%d', ['a'], /%d requires a number/],
    ['%q', ['a'], /%q is not supported/],
    ['%', [], /not followed by a valid format/],
    ['%(name)s', ['a'], /not followed by a valid format/],
    ['%1000000000d', [1], /not followed by a valid format/],
    ['%*d', [5, 1], /not followed by a valid format/],
  ])('rejects %j with %j', (text, values, message) => {
    expect(() => percentFormat(text, values)).toThrow(message);
  });
});
