import { describe, expect, it } from 'vitest';

import { pythonText, pythonTrim, pythonType } from './python-text.js';

describe('pythonTrim', () => {
  it('removes what str.strip() removes, from both ends', () => {
    const blanks = '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000';
    expect(pythonTrim(`${blanks}a${blanks}b${blanks}`)).toBe(`a${blanks}b`);
    expect(pythonTrim(blanks)).toBe('');
  });

  it('keeps a byte-order mark and other characters without width', () => {
    for (const text of ['\ufeffa', '\u200ba', '\0a', '\x1ba', '\x7fa']) expect(pythonTrim(text)).toBe(text);
  });
});

describe('pythonText', () => {
  it.each([
    ['text', 'text'],
    ["it's", "it's"],
    [null, 'None'],
    [true, 'True'],
    [1e-7, '1e-07'],
    [1e21, '1e+21'],
    [[1, null, false, 'x'], "[1, None, False, 'x']"],
    [{ a: { b: [] }, c: {} }, "{'a': {'b': []}, 'c': {}}"],
    [["it's", `"it's"`, '"'], `["it's", '"it\\'s"', '"']`],
    [
      ['\\ \n\r\t\0\x7f\x85\xa0\u2028\ud800 \ue000é😀'],
      "['\\\\ \\n\\r\\t\\x00\\x7f\\x85\\xa0\\u2028\\ud800 \\ue000é😀']",
    ],
  ])('prints %j like str()', (value, text) => {
    expect(pythonText(value)).toBe(text);
  });
});

describe('pythonType', () => {
  it('names the type of a JSON value', () => {
    const values = [null, [], {}, true, 1, -0, 1.5, 2 ** 63, 2 ** 64, 'x'];
    const types = ['NoneType', 'list', 'dict', 'bool', 'int', 'int', 'float', 'int', 'float', 'str'];
    expect(values.map(pythonType)).toEqual(types);
  });
});
