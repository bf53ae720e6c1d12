import { describe, expect, it } from 'vitest';

import { Rejection } from '../rest/fields/coercions.js';
import { message } from '../rest/messages/messages.js';
import { attributesOf } from './attributes-filter.js';

function refusal(text: string): unknown {
  try {
    return attributesOf(text);
  } catch (error) {
    return error instanceof Rejection ? error.messages : error;
  }
}

describe('attributesOf', () => {
  it('accepts a JSON object, also with whitespace around it', () => {
    expect(attributesOf(' {"a": {"b": [1, null]}} ')).toEqual({ a: { b: [1, null] } });
    expect(attributesOf('{}')).toEqual({});
  });

  it.each(['{', 'a', "{'a': 1}", '{"a": NaN}', '{"a": "\\ud800"}', '{} {}'])('refuses invalid JSON: %j', (text) => {
    expect(refusal(text)).toEqual(['filter: failed to parse JSON']);
  });

  it.each(['[]', '"a"', '5', 'null', 'true'])('refuses JSON values other than objects: %s', (text) => {
    expect(refusal(text)).toEqual(['filter: value must be key:value mapping']);
  });

  it.each(['{"a": "\\u0000"}', '{"\\u0000": 1}'])('refuses NUL characters: %s', (text) => {
    expect(refusal(text)).toEqual([message('nullCharacters')]);
  });
});
