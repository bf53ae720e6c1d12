import { describe, expect, it } from 'vitest';

import { englishErrors } from '../../rest/messages/english.js';
import { message } from '../../rest/messages/messages.js';
import { readPromptAnswer } from './prompt-answer.js';
import type { FormField, PromptData } from './prompt-form.js';
import { type PromptType, promptTypes } from './prompt-types.js';

function field(type: PromptType, fields: Partial<FormField> = {}): FormField {
  const texts = { label: 'Label', placeholder: '', initialValue: '', subText: '' };
  const flags = { required: true, placeholderExpression: false, initialValueExpression: false };
  return { fieldKey: 'key', type, order: 0, ...texts, ...flags, ...fields };
}

/** What comes of an answer: the values, or the errors. */
async function read(fields: FormField | FormField[], body: PromptData, data: PromptData = {}): Promise<unknown> {
  const answer = await readPromptAnswer([fields].flat(), body, {
    data,
    problemOf: async (_, name) => (name === 'taken' ? message('usernameTaken') : undefined),
    passwordProblems: (password, { username }) => (password === username ? [{ written: 'Choose another one.' }] : []),
    passwordWeakness: async () => [],
  });
  return answer.kind === 'values' ? answer.values : { errors: englishErrors(answer.errors) };
}

const errors = (...key: string[]): unknown => ({ errors: { key } });
const required = errors('This field is required.');
const blank = errors('This field may not be blank.');
const uri = 'data:text/plain;charset=utf-8;base64,aGVsbG8=';
const noDate = errors('Date has wrong format. Use one of these formats instead: YYYY-MM-DD.');

describe('An answer to a field', () => {
  it.each<[PromptType, unknown, unknown]>([
    ['text', '  kept as it is ', '  kept as it is '],
    ['text', 25, '25'],
    ['text_area', 'two\nlines', 'two\nlines'],
    ['username', ' somebody ', 'somebody'],
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
  ])('of the type %s takes %j', async (type, raw, value) => {
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
    ['date', '2023-02-29', noDate],
    ['date', 'x', noDate],
    ['date', 20240229, noDate],
    ['date-time', 'x', expect.anything()],
    ['file', 'foo', errors('Invalid scheme')],
    ['file', 'data:text/plain,foo', errors('Invalid encoding')],
    ['file', 'data:text/plain;base64', errors('Invalid encoding')],
  ])('of the type %s does not take %j', async (type, raw, refused) => {
    expect(await read(field(type), { key: raw })).toEqual(refused);
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
  ])(
    'of the type %s may be empty text if it is not required, as a page without scripts sends it',
    async (type, value) => {
      expect(await read(field(type, { required: false }), { key: '' })).toEqual(value);
    },
  );

  it.each(promptTypes)('of the type %s can be left out if it is not required', async (type) => {
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
  ] as const)('of the type %s cannot be left out if it is required, nor be null', async (type) => {
    expect(await read(field(type), {})).toEqual(required);
    expect(await read(field(type, { required: false }), { key: null })).toEqual(errors('This field may not be null.'));
  });

  it('that is left out is what is in the field at first, if there is something', async () => {
    expect(await read(field('text', { initialValue: 'said' }), {})).toEqual({ key: 'said' });
    expect(await read(field('text', { initialValue: 'said' }), {}, { key: 'known' })).toEqual({ key: 'known' });
    expect(await read(field('number', { initialValue: '5' }), {})).toEqual({ key: 5 });
    expect(await read(field('email', { initialValue: 'nobody' }), {})).toEqual(errors('Enter a valid email address.'));
    expect(await read(field('password', { initialValue: 'said' }), {})).toEqual(required);
  });

  it('that says nothing of a box means that it is not ticked, also if it was before', async () => {
    expect(await read(field('checkbox', { initialValue: 'true' }), {}, { key: true })).toEqual({ key: false });
  });
});

describe.each(['radio-button-group', 'dropdown'] as const)('An answer to a %s', (type) => {
  it('is one of the choices', async () => {
    const one = field(type, { placeholder: 'red\nblue' });
    expect(await read(one, { key: 'blue' })).toEqual({ key: 'blue' });
    expect(await read(one, { key: 'green' })).toEqual(errors('"green" is not a valid choice.'));
    expect(await read(one, {})).toEqual({ key: 'red' });
    expect(await read(field(type), { key: 'x' })).toEqual(errors('"x" is not a valid choice.'));
    expect(await read(field(type), {})).toEqual(required);
  });

  it('is kept as what the choice is, not as the text that stands for it', async () => {
    const data = { key__choices: [1, true, 'blue'] };
    expect(await read(field(type), { key: '1' }, data)).toEqual({ key: 1 });
    expect(await read(field(type), { key: 'True' }, data)).toEqual({ key: true });
  });
});

describe('What the server says', () => {
  it.each(['text_read_only', 'text_area_read_only', 'hidden', 'static'] as const)(
    'in a field of the type %s stays, whatever a visitor sends',
    async (type) => {
      const one = field(type, { initialValue: 'said', placeholder: 'hint' });
      expect(await read(one, { key: 'forged' })).toEqual({ key: 'said' });
      expect(await read(one, { key: 'forged' }, { key: 'known' })).toEqual({ key: 'known' });
      expect(await read(one, {})).toEqual({ key: 'said' });
    },
  );

  it('in a hidden or static field is the placeholder if nothing else is said', async () => {
    expect(await read(field('hidden', { placeholder: 'hint' }), { key: 'forged' })).toEqual({ key: 'hint' });
    expect(await read(field('static', { placeholder: 'hint' }), {})).toEqual({ key: 'hint' });
    expect(await read(field('text_read_only', { placeholder: 'hint' }), {})).toEqual({ key: '' });
  });
});

describe('An answer to a form', () => {
  const passwords = [field('password', { fieldKey: 'password' }), field('password', { fieldKey: 'password_repeat' })];

  it('holds the values of its fields and of nothing else', async () => {
    const body = JSON.parse('{"key":"a","other":"b","component":"x","__proto__":{"key2":"c"}}') as PromptData;
    const values = await read([field('text'), field('text', { fieldKey: 'key2', required: false })], body);
    expect(values).toEqual({ key: 'a' });
  });

  it('tells of everything that is wrong with its fields at once', async () => {
    const form = [field('email', { fieldKey: 'email' }), field('number'), ...passwords];
    expect(await read(form, { email: 'x', password: 'a', password_repeat: 'b' })).toEqual({
      errors: {
        email: ['Enter a valid email address.'],
        key: ['This field is required.'],
        non_field_errors: ["Passwords don't match."],
      },
    });
  });

  it('is refused with what is wrong with the password, and with the rest of the form', async () => {
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

  it('is not asked about a password that the run holds already', async () => {
    const shownAgain = field('hidden', { fieldKey: 'password' });
    expect(await read(shownAgain, {}, { password: 'sealed', username: 'sealed' })).toEqual({ password: 'sealed' });
    expect(await read({ ...shownAgain, initialValue: 'ada' }, { username: 'ada' })).toEqual({
      errors: { password: ['Choose another one.'] },
    });
  });

  it('repeats its password, blanks and letter case included', async () => {
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

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('has a field under the key %s as any other', async (key) => {
    const one = field('text', { fieldKey: key });
    const missing = (await read(one, {})) as { errors: object };
    expect(Object.entries(missing.errors)).toEqual([[key, ['This field is required.']]]);
    const values = (await read(one, JSON.parse(`{"${key}":"x"}`) as PromptData)) as object;
    expect(Object.entries(values)).toEqual([[key, 'x']]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('The length of an answer', () => {
  const tooLong = (characters: number): string[] => [`Ensure this field has no more than ${characters} characters.`];

  it.each<[PromptType, number]>([
    ['text', 1000],
    ['text_area', 10_000],
    ['username', 150],
    ['email', 254],
    ['file', 500_000],
    ['ak-locale', 1000],
  ])('is bounded for the type %s: %i characters', async (type, longest) => {
    const value = (length: number): string => (type === 'file' ? uri : '').padEnd(length, 'A');
    const kept = await read(field(type), { key: value(longest) });
    if (type === 'email') expect(kept).toEqual(errors('Enter a valid email address.'));
    else expect(kept).toEqual({ key: value(longest) });
    expect(await read(field(type), { key: value(longest + 1) })).toMatchObject({
      errors: { key: expect.arrayContaining(tooLong(longest)) },
    });
  });

  it.each([
    ['username', 150],
    ['name', 255],
    ['email', 254],
  ])('is bounded by the column %s: %i characters', async (fieldKey, longest) => {
    const kind = field('text', { fieldKey });
    expect(await read(kind, { [fieldKey]: 'x'.repeat(longest) })).toEqual({ [fieldKey]: 'x'.repeat(longest) });
    expect(await read(kind, { [fieldKey]: 'x'.repeat(longest + 1) })).toEqual({
      errors: { [fieldKey]: tooLong(longest) },
    });
  });

  it('is bounded together with the answers to earlier forms', async () => {
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
