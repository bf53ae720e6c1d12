import { describe, expect, it } from 'vitest';

import { message, type MessageOrText } from '../rest/messages/messages.js';
import { sourceCatalog } from '../templating/language/catalog.js';
import { type Field, type FormState, formView } from './fields.js';
import { promptField, type StagePrompt } from './prompt-fields.js';
import { Wording } from './wording.js';

const wording = new Wording(sourceCatalog);
const error = (written: string): MessageOrText[] => [{ written }];

function show(fields: readonly Field[], state: Partial<FormState> = {}): any {
  return formView(fields, { errors: {}, typed: {}, ...state }, wording);
}

const name: Field = { name: 'name', control: 'text', label: 'Name', required: true };
const secret: Field = { name: 'secret', control: 'password', label: 'Secret' };

describe('A form', () => {
  it('focuses its first empty field', () => {
    const heading: Field = { name: 'about', control: 'static', label: '', value: 'x' };
    const fixed: Field = { ...name, readonly: true };
    const full: Field = { ...name, value: 'Ada' };
    expect(show([heading, fixed, full, secret]).fields.map((field: any) => field.autofocus)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('focuses its first invalid field, which references its error and its hint', () => {
    const { fields, wrong, errors } = show([name, { ...secret, hint: 'long' }], { errors: { secret: error('short') } });
    expect(fields[0]).toMatchObject({ autofocus: false, describedby: '' });
    expect(fields[1]).toMatchObject({
      autofocus: true,
      error: 'short',
      id: 'field-2',
      describedby: 'field-2-hint field-2-wrong',
    });
    expect(wrong).toEqual([{ error: 'short', fields: [{ id: 'field-2', label: 'Secret' }] }]);
    expect(errors).toEqual([]);
  });

  it('lists an error that several fields have once', () => {
    const { wrong } = show([name, secret], { errors: { name: error('short'), secret: error('short') } });
    const fields = [
      { id: 'field-1', label: 'Name' },
      { id: 'field-2', label: 'Secret' },
    ];
    expect(wrong).toEqual([{ error: 'short', fields }]);
  });

  it('shows errors without a field above the fields', () => {
    const { errors, wrong } = show([name], { errors: { non_field_errors: error('no'), other: error('never') } });
    expect(errors).toEqual(['no', 'never']);
    expect(wrong).toEqual([]);
  });

  it('shows equal errors of a field once', () => {
    const twice = [message('required'), message('blank')];
    expect(show([name], { errors: { name: twice } }).fields[0].error).toBe('Please fill in this field.');
  });

  it('keeps submitted values, but no passwords', () => {
    const { fields } = show([name, secret], { typed: { name: 'Ada', secret: 'x' } });
    expect(fields.map((field: any) => field.value)).toEqual(['Ada', '']);
  });

  it('accepts field names that are properties of every object', () => {
    const odd: Field = { ...name, name: 'constructor' };
    expect(show([odd]).fields[0]).toMatchObject({ value: '', error: undefined });
    expect(show([odd], { typed: { constructor: 'a' } }).fields[0].value).toBe('a');
  });
});

const prompt: StagePrompt = {
  field_key: 'key',
  label: 'Label',
  type: 'text',
  required: true,
  placeholder: '',
  initial_value: '',
  sub_text: '',
  choices: null,
};

describe('A prompt', () => {
  it.each([
    ['text', { control: 'text' }],
    ['text_area', { control: 'textarea' }],
    ['text_read_only', { control: 'text', readonly: true, required: false }],
    ['text_area_read_only', { control: 'textarea', readonly: true }],
    ['username', { control: 'text', autocomplete: 'username', verbatim: true }],
    ['email', { control: 'email', autocomplete: 'email', inputmode: 'email' }],
    ['password', { control: 'password', autocomplete: 'new-password' }],
    ['number', { control: 'number', inputmode: 'numeric', omitEmpty: true }],
    ['checkbox', { control: 'checkbox', required: false, value: 'false' }],
    ['date', { control: 'date', omitEmpty: true }],
    ['date-time', { control: 'datetime-local', omitEmpty: true }],
    ['file', { control: 'file', omitEmpty: true }],
    ['separator', { control: 'separator' }],
    ['hidden', { control: 'hidden' }],
    ['static', { control: 'static' }],
    ['unknown', { control: 'text' }],
  ])('of type %s has its control', (type, expected) => {
    expect(promptField({ ...prompt, type }, wording)).toMatchObject(expected);
  });

  it.each(['radio-button-group', 'dropdown'])('of type %s offers its choices', (type) => {
    const field = promptField({ ...prompt, type, choices: ['a', 'b'], initial_value: 'b' }, wording);
    expect(field.choices).toEqual([
      { value: 'a', label: 'a' },
      { value: 'b', label: 'b' },
    ]);
    expect(show([field]).fields[0].choices[1]).toEqual({ value: 'b', label: 'b', chosen: true });
  });

  it('of type ak-locale offers the shipped languages and the browser language', () => {
    const { choices } = promptField({ ...prompt, type: 'ak-locale' }, wording);
    expect(choices?.map(({ value }) => value)).toEqual(['', 'en', 'de', 'fr', 'es', 'zh-Hans', 'ar']);
  });

  it.each([
    ['date', '2026-01-02T00:00:00Z', '2026-01-02'],
    ['date-time', '2026-01-02T10:30:00Z', '2026-01-02T10:30'],
    ['date-time', '2026-01-02 10:30:00', '2026-01-02T10:30'],
    ['checkbox', 'True', 'true'],
    ['checkbox', '', 'false'],
    ['text', ' as it is ', ' as it is '],
  ])('of type %s converts the initial value %j to %j', (type, initial, value) => {
    expect(promptField({ ...prompt, type, initial_value: initial }, wording).value).toBe(value);
  });

  it.each([
    ['name', 'name'],
    ['attributes.phone', 'tel'],
    ['attributes_phone', 'tel'],
    ['constructor', undefined],
    ['anything', undefined],
  ])('with the key %s has autocomplete %s', (key, expected) => {
    expect(promptField({ ...prompt, field_key: key }, wording).autocomplete).toBe(expected);
  });

  it('leaves out a placeholder that repeats its label', () => {
    expect(promptField({ ...prompt, placeholder: 'Label' }, wording).placeholder).toBe('');
    expect(promptField({ ...prompt, placeholder: 'such as this' }, wording).placeholder).toBe('such as this');
  });
});
