import { describe, expect, it } from 'vitest';

import { choicesOf, type FormField, initialValueOf, promptChallenge } from './prompt-form.js';

function field(fields: Partial<FormField> = {}): FormField {
  return {
    fieldKey: 'key',
    label: 'Label',
    type: 'text',
    required: true,
    placeholder: '',
    initialValue: '',
    order: 0,
    subText: '',
    placeholderExpression: false,
    initialValueExpression: false,
    ...fields,
  };
}

describe('A form', () => {
  it('contains every property of its fields', () => {
    const one = field({ placeholder: 'A hint', initialValue: 'A', order: 3, subText: 'Below', required: false });
    expect(promptChallenge([one, field({ fieldKey: 'other' })], {})).toEqual({
      component: 'ak-stage-prompt',
      fields: [
        {
          field_key: 'key',
          label: 'Label',
          type: 'text',
          required: false,
          placeholder: 'A hint',
          initial_value: 'A',
          order: 3,
          sub_text: 'Below',
          choices: null,
        },
        {
          field_key: 'other',
          label: 'Label',
          type: 'text',
          required: true,
          placeholder: '',
          initial_value: '',
          order: 0,
          sub_text: '',
          choices: null,
        },
      ],
    });
  });

  it.each([
    [25, '25'],
    [true, 'True'],
    [false, ''],
    [null, ''],
    [{ a: 1 }, "{'a': 1}"],
  ])('shows %j as the text %j', (value, text) => {
    expect(promptChallenge([field()], { key: value }).fields[0]?.initial_value).toBe(text);
  });

  it('never shows a password, from the run or from the prompt', () => {
    const password = field({ type: 'password', initialValue: 'secret' });
    const visible = field({ fieldKey: 'password', initialValue: 'secret' });
    const shown = promptChallenge([password, visible], { key: 'secret', password: 'secret' });
    expect(JSON.stringify(shown)).not.toContain('secret');
  });
});

describe('The initial value of a field', () => {
  it('is the value of the run, or that of the prompt, never the placeholder', () => {
    const one = field({ initialValue: 'preset', placeholder: 'hint' });
    expect(initialValueOf(one, { key: 'known' })).toBe('known');
    expect(initialValueOf(one, { other: 'known' })).toBe('preset');
    expect(initialValueOf(field({ placeholder: 'hint' }), {})).toBe('');
  });

  it('is empty for an expression', () => {
    const expression = field({ initialValue: 'return 1', initialValueExpression: true });
    expect(initialValueOf(expression, {})).toBe('');
    expect(initialValueOf(expression, { [expression.fieldKey]: 'known' })).toBe('known');
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'is empty for the key %s unless the run has a value',
    (fieldKey) => {
      expect(initialValueOf(field({ fieldKey }), {})).toBe('');
      expect(initialValueOf(field({ fieldKey }), JSON.parse(`{"${fieldKey}":"x"}`))).toBe('x');
    },
  );
});

describe.each(['radio-button-group', 'dropdown'] as const)('The choices of a %s', (type) => {
  it('are the lines of the placeholder', () => {
    expect(choicesOf(field({ type, placeholder: 'red\r\n\n blue \n' }), {})).toEqual(['red', 'blue']);
    expect(choicesOf(field({ type, placeholder: 'red' }), {})).toEqual(['red']);
    expect(choicesOf(field({ type }), {})).toEqual([]);
  });

  it('are none if the placeholder is an expression', () => {
    const expression = field({ type, placeholder: 'x = 1\nreturn [x]', placeholderExpression: true });
    expect(choicesOf(expression, {})).toEqual([]);
    expect(choicesOf(expression, { [`${expression.fieldKey}__choices`]: ['a'] })).toEqual(['a']);
  });

  it('come from the run, of any type, and are sent as text', () => {
    const one = field({ type, placeholder: 'red' });
    const data = { key__choices: [1, true, 'blue'] };
    expect(choicesOf(one, data)).toEqual([1, true, 'blue']);
    expect(promptChallenge([one], data).fields[0]).toMatchObject({ placeholder: '', choices: ['1', 'True', 'blue'] });
    expect(choicesOf(one, { key__choices: 'only' })).toEqual(['only']);
  });

  it('determine the initial value: the known value if it is a choice, or the first choice, or nothing', () => {
    const one = field({ type, placeholder: 'red\nblue', initialValue: 'blue' });
    expect(initialValueOf(one, {})).toBe('blue');
    expect(initialValueOf(one, { key: 'green' })).toBe('red');
    expect(initialValueOf(field({ type, placeholder: 'red' }), {})).toBe('red');
    expect(initialValueOf(field({ type, initialValue: 'blue' }), {})).toBe('');
    expect(promptChallenge([field({ type })], {}).fields[0]).toMatchObject({ choices: null, initial_value: '' });
  });
});
