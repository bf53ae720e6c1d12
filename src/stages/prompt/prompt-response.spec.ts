import { describe, expect, it } from 'vitest';

import { englishErrors } from '../../rest/messages/english.js';
import { message } from '../../rest/messages/messages.js';
import type { FormField, PromptData } from './prompt-form.js';
import { readPromptResponse } from './prompt-response.js';
import { type PromptType, promptTypes } from './prompt-types.js';

function field(type: PromptType, fields: Partial<FormField> = {}): FormField {
  const texts = { label: 'Label', placeholder: '', initialValue: '', subText: '' };
  const flags = { required: true, placeholderExpression: false, initialValueExpression: false };
  return { fieldKey: 'key', type, order: 0, ...texts, ...flags, ...fields };
}

/** Returns the values of a response, or its errors. */
async function read(fields: FormField | FormField[], body: PromptData, data: PromptData = {}): Promise<unknown> {
  const response = await readPromptResponse([fields].flat(), body, {
    data,
    nameProblem: async (_, name) => (name === 'taken' ? message('usernameTaken') : undefined),
    passwordProblems: (password, { username }) => (password === username ? [{ written: 'Choose another one.' }] : []),
    passwordWeakness: async () => [],
  });
  return response.kind === 'values' ? response.values : { errors: englishErrors(response.errors) };
}

const errors = (...key: string[]): unknown => ({ errors: { key } });
const required = errors('This field is required.');
const blank = errors('This field may not be blank.');
const uri = 'data:text/plain;charset=utf-8;base64,aGVsbG8=';
const notDate = errors('Date has wrong format. Use one of these formats instead: YYYY-MM-DD.');

describe('The response to a field', () => {
  it.each<[PromptType, unknown, unknown]>([
    ['text', '  kept as it is ', '  kept as it is '],
    ['text', 25, '25'],
    ['text_area', 'two\nlines', 'two\nlines'],
    ['username', ' ada ', 'ada'],
    ['email', 'a@example.org', 'a@example.org'],
    ['password', '  with blanks ', '  with blanks '],
    ['number', '42', 42],
    ['number', -7, -7],
    ['checkbox', true, true],
    ['checkbox', 'on', true],
    ['date', '2024-02-29', '2024-02-29'],
    ['date-time', '2024-02-29T10:00', '2024-02-29T10:00:00.000Z'],
    ['file', uri, uri],
    ['ak-locale', 'de', 'de'],
    ['ak-locale', '', ''],
  ])('of type %s accepts %j', async (type, raw, value) => {
    expect(await read(field(type), { key: raw })).toEqual({ key: value });
  });

  it.each<[PromptType, unknown, unknown]>([
    ['text', '', blank],
    ['text', ['x'], errors('Not a valid string.')],
    ['text', 'a\0', errors('Null characters are not allowed.')],
    ['text_area', '', blank],
    ['username', '   ', blank],
    ['username', 'x'.repeat(151), errors('Ensure this field has no more than 150 characters.')],
    ['username', 'taken', errors('Username is already taken.')],
    ['email', 'nobody', errors('Enter a valid email address.')],
    ['email', 'a@example.org, b@example.org', errors('Enter a valid email address.')],
    ['email', '', blank],
    ['password', '', blank],
    ['number', 'x', errors('A valid integer is required.')],
    ['number', 1.5, errors('A valid integer is required.')],
    ['checkbox', 'maybe', errors('Must be a valid boolean.')],
    ['date', '2023-02-29', notDate],
    ['date', 'x', notDate],
    ['date', 20240229, notDate],
    ['date-time', 'x', expect.anything()],
    ['file', 'foo', errors('Invalid scheme')],
    ['file', 'data:text/plain,foo', errors('Invalid encoding')],
    ['file', 'data:text/plain;base64', errors('Invalid encoding')],
  ])('of type %s rejects %j', async (type, raw, error) => {
    expect(await read(field(type), { key: raw })).toEqual(error);
  });

  it.each<[PromptType, unknown]>([
    ['text', { key: '' }],
    ['text_area', { key: '' }],
    ['email', { key: '' }],
    ['ak-locale', { key: '' }],
    ['password', {}],
    ['number', {}],
    ['date', {}],
    ['date-time', {}],
    ['file', {}],
  ])('of type %s may be empty text if it is not required, as a page without scripts sends it', async (type, value) => {
    expect(await read(field(type, { required: false }), { key: '' })).toEqual(value);
  });

  it.each(promptTypes)('of type %s can be omitted if it is not required', async (type) => {
    const isFixed = ['text_read_only', 'text_area_read_only', 'hidden', 'static'].includes(type);
    const value = isFixed ? { key: '' } : type === 'checkbox' ? { key: false } : {};
    expect(await read(field(type, { required: false }), {})).toEqual(value);
  });

  it.each([
    'text',
    'text_area',
    'username',
    'email',
    'password',
    'number',
    'date',
    'date-time',
    'file',
    'ak-locale',
  ] as const)('of type %s cannot be omitted if it is required, nor be null', async (type) => {
    expect(await read(field(type), {})).toEqual(required);
    expect(await read(field(type, { required: false }), { key: null })).toEqual(errors('This field may not be null.'));
  });

  it('defaults to the initial value of the field', async () => {
    expect(await read(field('text', { initialValue: 'preset' }), {})).toEqual({ key: 'preset' });
    expect(await read(field('text', { initialValue: 'preset' }), {}, { key: 'known' })).toEqual({ key: 'known' });
    expect(await read(field('number', { initialValue: '5' }), {})).toEqual({ key: 5 });
    expect(await read(field('email', { initialValue: 'nobody' }), {})).toEqual(errors('Enter a valid email address.'));
    expect(await read(field('password', { initialValue: 'preset' }), {})).toEqual(required);
  });

  it('unchecks an omitted checkbox, also if it was checked before', async () => {
    expect(await read(field('checkbox', { initialValue: 'true' }), {}, { key: true })).toEqual({ key: false });
  });
});

describe.each(['radio-button-group', 'dropdown'] as const)('The response to a %s', (type) => {
  it('must be one of the choices', async () => {
    const one = field(type, { placeholder: 'red\nblue' });
    expect(await read(one, { key: 'blue' })).toEqual({ key: 'blue' });
    expect(await read(one, { key: 'green' })).toEqual(errors('"green" is not a valid choice.'));
    expect(await read(one, {})).toEqual({ key: 'red' });
    expect(await read(field(type), { key: 'x' })).toEqual(errors('"x" is not a valid choice.'));
    expect(await read(field(type), {})).toEqual(required);
  });

  it('keeps the type of the choice', async () => {
    const data = { key__choices: [1, true, 'blue'] };
    expect(await read(field(type), { key: '1' }, data)).toEqual({ key: 1 });
    expect(await read(field(type), { key: 'True' }, data)).toEqual({ key: true });
  });
});

describe('A value that the server sets', () => {
  it.each(['text_read_only', 'text_area_read_only', 'hidden', 'static'] as const)(
    'in a field of type %s ignores the response',
    async (type) => {
      const one = field(type, { initialValue: 'preset', placeholder: 'hint' });
      expect(await read(one, { key: 'forged' })).toEqual({ key: 'preset' });
      expect(await read(one, { key: 'forged' }, { key: 'known' })).toEqual({ key: 'known' });
      expect(await read(one, {})).toEqual({ key: 'preset' });
    },
  );

  it('in a hidden or static field defaults to the placeholder', async () => {
    expect(await read(field('hidden', { placeholder: 'hint' }), { key: 'forged' })).toEqual({ key: 'hint' });
    expect(await read(field('static', { placeholder: 'hint' }), {})).toEqual({ key: 'hint' });
    expect(await read(field('text_read_only', { placeholder: 'hint' }), {})).toEqual({ key: '' });
  });
});

describe('The response to a form', () => {
  const passwords = [field('password', { fieldKey: 'password' }), field('password', { fieldKey: 'password_repeat' })];

  it('keeps only the values of its fields', async () => {
    const body = JSON.parse('{"key":"a","other":"b","component":"x","__proto__":{"key2":"c"}}') as PromptData;
    const values = await read([field('text'), field('text', { fieldKey: 'key2', required: false })], body);
    expect(values).toEqual({ key: 'a' });
  });

  it('returns the errors of all fields at once', async () => {
    const form = [field('email', { fieldKey: 'email' }), field('number'), ...passwords];
    expect(await read(form, { email: 'x', password: 'a', password_repeat: 'b' })).toEqual({
      errors: {
        email: ['Enter a valid email address.'],
        key: ['This field is required.'],
        non_field_errors: ["Passwords don't match."],
      },
    });
  });

  it('returns the problems of the password together with the errors of the other fields', async () => {
    const form = [field('username', { fieldKey: 'username' }), field('number'), ...passwords];
    const problems = { password: ['Choose another one.'] };
    expect(await read(form, { username: 'a', key: 1, password: 'a', password_repeat: 'a' })).toEqual({
      errors: problems,
    });
    expect(await read(form, { username: 'taken', password: 'taken', password_repeat: 'b' })).toEqual({
      errors: {
        ...problems,
        username: ['Username is already taken.'],
        key: ['This field is required.'],
        non_field_errors: ["Passwords don't match."],
      },
    });
  });

  it('does not check a password that the run already contains', async () => {
    const shownAgain = field('hidden', { fieldKey: 'password' });
    expect(await read(shownAgain, {}, { password: 'sealed', username: 'sealed' })).toEqual({ password: 'sealed' });
    expect(await read({ ...shownAgain, initialValue: 'ada' }, { username: 'ada' })).toEqual({
      errors: { password: ['Choose another one.'] },
    });
  });

  it('must repeat the password exactly, with blanks and case', async () => {
    const differ = { errors: { non_field_errors: ["Passwords don't match."] } };
    const same = { password: 'secret', password_repeat: 'secret' };
    expect(await read(passwords, same)).toEqual(same);
    for (const password_repeat of ['Secret', 'secret ', 'other']) {
      expect(await read(passwords, { password: 'secret', password_repeat })).toEqual(differ);
    }
    const third = field('password', { fieldKey: 'third' });
    expect(await read([...passwords, third], { password: 'a', password_repeat: 'b', third: 'c' })).toMatchObject({
      password_repeat: 'b',
    });
    expect(await read(passwords.slice(1), { password_repeat: 'b' })).toEqual({ password_repeat: 'b' });
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('accepts a field with the key %s', async (key) => {
    const one = field('text', { fieldKey: key });
    const missing = (await read(one, {})) as { errors: object };
    expect(Object.entries(missing.errors)).toEqual([[key, ['This field is required.']]]);
    const values = (await read(one, JSON.parse(`{"${key}":"x"}`) as PromptData)) as object;
    expect(Object.entries(values)).toEqual([[key, 'x']]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('The length of a value', () => {
  const tooLong = (characters: number): string[] => [`Ensure this field has no more than ${characters} characters.`];

  it.each<[PromptType, number]>([
    ['text', 1000],
    ['text_area', 10_000],
    ['username', 150],
    ['email', 254],
    ['file', 500_000],
    ['ak-locale', 1000],
  ])('is limited by the type %s to %i characters', async (type, limit) => {
    const value = (length: number): string => (type === 'file' ? uri : '').padEnd(length, 'A');
    const kept = await read(field(type), { key: value(limit) });
    if (type === 'email') expect(kept).toEqual(errors('Enter a valid email address.'));
    else expect(kept).toEqual({ key: value(limit) });
    expect(await read(field(type), { key: value(limit + 1) })).toMatchObject({
      errors: { key: expect.arrayContaining(tooLong(limit)) },
    });
  });

  it.each([
    ['username', 150],
    ['name', 255],
    ['email', 254],
  ])('is limited by the column %s to %i characters', async (fieldKey, limit) => {
    const one = field('text', { fieldKey });
    expect(await read(one, { [fieldKey]: 'x'.repeat(limit) })).toEqual({ [fieldKey]: 'x'.repeat(limit) });
    expect(await read(one, { [fieldKey]: 'x'.repeat(limit + 1) })).toEqual({
      errors: { [fieldKey]: tooLong(limit) },
    });
  });

  it('is limited together with the responses to earlier forms', async () => {
    const picture = field('file', { fieldKey: 'attributes.picture' });
    const large = uri.padEnd(400_000, 'A');
    const body = { 'attributes.picture': large };
    expect(await read(picture, body)).toEqual(body);
    expect(await read(picture, body, body)).toEqual(body);
    expect(await read(picture, body, { 'attributes.other': large })).toEqual({
      errors: { 'attributes.picture': tooLong(200_000) },
    });
    expect(
      await read([picture, field('file', { fieldKey: 'attributes_2' })], { ...body, attributes_2: large }),
    ).toEqual({ errors: { attributes_2: tooLong(200_000) } });
  });
});
