import { describe, expect, it } from 'vitest';

import { englishMessages } from '../messages/english.js';
import {
  asciiDigits,
  boolean,
  choice,
  type Coercion,
  dateTime,
  dictionary,
  eachOf,
  integer,
  integerKey,
  list,
  Rejection,
  relation,
  uuidKey,
} from './coercions.js';

/** Returns the value, or the error messages for the client. */
function outcome(coercion: Coercion, raw: unknown): unknown {
  try {
    return coercion(raw);
  } catch (error) {
    if (error instanceof Rejection) return englishMessages(error.messages);
    throw error;
  }
}

describe('an integer', () => {
  const invalid = ['A valid integer is required.'];
  const tooLarge = ['Ensure this value is less than or equal to 2147483647.'];
  const tooSmall = ['Ensure this value is greater than or equal to -2147483648.'];

  it.each<[unknown, unknown]>([
    [25, 25],
    [0, 0],
    [-25, -25],
    [1e3, 1000],
    ['25', 25],
    [' 25 ', 25],
    ['\t25\n', 25],
    ['+25', 25],
    ['-25', -25],
    ['1_000', 1000],
    ['007', 7],
    ['25.', 25],
    ['25.0', 25],
    ['25.000 ', 25],
    ['٢٥', 25],
    ['２５', 25],
    ['२५', 25],
    ['𝟐𝟓', 25],
    ['𝟚𝟝', 25],
    ['2147483647', 2147483647],
    [-2147483648, -2147483648],
    [`${'0'.repeat(998)}25`, 25],
    [25.5, invalid],
    ['25.5', invalid],
    ['', invalid],
    ['  ', invalid],
    ['abc', invalid],
    ['1e3', invalid],
    ['0x10', invalid],
    ['--5', invalid],
    ['5-', invalid],
    ['_5', invalid],
    ['5_', invalid],
    ['1__0', invalid],
    ['1 0', invalid],
    ['.0', invalid],
    ['²', invalid],
    ['½', invalid],
    ['①', invalid],
    ['Infinity', invalid],
    ['NaN', invalid],
    ['5\0', invalid],
    [true, invalid],
    [false, invalid],
    [[], invalid],
    [[25], invalid],
    [{}, invalid],
    ['1'.repeat(1000), tooLarge],
    [`-${'1'.repeat(999)}`, tooSmall],
    ['1'.repeat(1001), ['String value too large.']],
    ['x'.repeat(1001), ['String value too large.']],
    [2147483648, tooLarge],
    ['2147483648', tooLarge],
    [-2147483649, tooSmall],
    ['-2147483649', tooSmall],
    [2 ** 63, tooLarge],
    [-(2 ** 63), tooSmall],
    [2 ** 64, invalid],
    [-(2 ** 64), invalid],
    [1e20, invalid],
    [1e300, invalid],
  ])('reads %j as %j', (raw, expected) => {
    expect(outcome(integer(), raw)).toEqual(expected);
  });

  it('recognizes the digits of every script, also in adjacent code blocks', () => {
    expect(asciiDigits('𝟎𝟗𝟘𝟡𝟢𝟫𝟬𝟵𝟶𝟿')).toBe('0909090909');
    expect(asciiDigits('a٠٩b०९c๐๙')).toBe('a09b09c09');
  });
});

describe('a boolean', () => {
  const invalid = ['Must be a valid boolean.'];
  const truths = [true, 1, 1.0, '1', 'true', 'True', 'TRUE', 't', 'T', 'y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'];
  const untruths = [
    ...[false, 0, 0.0, -0, '0', 'false', 'False', 'FALSE', 'f', 'F', 'n', 'N'],
    ...['no', 'No', 'NO', 'off', 'Off', 'OFF'],
  ];
  const neither = [
    ...['', ' ', 'null', 'None', 'tRuE', 'yEs', 'oN', 'nO', ' true ', 'true\n', '01', '1.0', '2', '-1', 'ja'],
    ...[2, -1, 0.5, [], [true], {}],
  ];

  it.each(truths)('%j is true', (raw) => {
    expect(outcome(boolean(), raw)).toBe(true);
  });

  it.each(untruths)('%j is false', (raw) => {
    expect(outcome(boolean(), raw)).toBe(false);
  });

  it.each(neither.map((raw) => [raw]))('%j is invalid', (raw) => {
    expect(outcome(boolean(), raw)).toEqual(invalid);
  });
});

describe('a choice', () => {
  it.each<[unknown, unknown]>([
    ['all', 'all'],
    ['any', 'any'],
    ['x', ['"x" is not a valid choice.']],
    ['', ['"" is not a valid choice.']],
    ['ALL', ['"ALL" is not a valid choice.']],
    [' all', ['" all" is not a valid choice.']],
    ['a"b', ['"a"b" is not a valid choice.']],
    [5, ['"5" is not a valid choice.']],
    [1.5, ['"1.5" is not a valid choice.']],
    [true, ['"True" is not a valid choice.']],
    [false, ['"False" is not a valid choice.']],
    [[], ['"[]" is not a valid choice.']],
    [{}, ['"{}" is not a valid choice.']],
  ])('reads %j as %j', (raw, expected) => {
    expect(outcome(choice(['all', 'any']), raw)).toEqual(expected);
  });
});

describe('a primary key', () => {
  const uuid = 'b6f3d1a0-0000-4000-8000-000000000001';

  it.each<[unknown, unknown]>([
    [uuid, uuid],
    [uuid.toUpperCase(), uuid],
    [uuid.replaceAll('-', ''), uuid],
    [`{${uuid}}`, uuid],
    [`urn:uuid:${uuid}`, uuid],
    ['', ['“” is not a valid UUID.']],
    ['x', ['“x” is not a valid UUID.']],
    [' ', ['“ ” is not a valid UUID.']],
    [`${uuid}0`, [`“${uuid}0” is not a valid UUID.`]],
    ['\0', ['“\0” is not a valid UUID.']],
    [5, ['Invalid pk "5" - object does not exist.']],
    [0, ['Invalid pk "0" - object does not exist.']],
    [-1, ['“-1” is not a valid UUID.']],
    [1.5, ['“1.5” is not a valid UUID.']],
    [[], ['“[]” is not a valid UUID.']],
    [{}, ['“{}” is not a valid UUID.']],
    [true, ['Incorrect type. Expected pk value, received bool.']],
    [false, ['Incorrect type. Expected pk value, received bool.']],
  ])('reads the UUID %j as %j', (raw, expected) => {
    expect(outcome(uuidKey(), raw)).toEqual(expected);
  });

  it.each<[unknown, unknown]>([
    [5, 5],
    ['5', 5],
    [' 5 ', 5],
    ['', ['Incorrect type. Expected pk value, received str.']],
    [2147483648, ['Invalid pk "2147483648" - object does not exist.']],
    ['-2147483649', ['Invalid pk "-2147483649" - object does not exist.']],
    ['x', ['Incorrect type. Expected pk value, received str.']],
    ['0x10', ['Incorrect type. Expected pk value, received str.']],
    [1.5, ['Incorrect type. Expected pk value, received float.']],
    [true, ['Incorrect type. Expected pk value, received bool.']],
    [[5], ['Incorrect type. Expected pk value, received list.']],
    [{}, ['Incorrect type. Expected pk value, received dict.']],
  ])('reads the number %j as %j', (raw, expected) => {
    expect(outcome(integerKey(), raw)).toEqual(expected);
  });

  it('is null if it is blank and the field is a relation', () => {
    expect(outcome(relation(uuidKey()), '')).toBeNull();
    expect(outcome(relation(integerKey()), '')).toBeNull();
    expect(outcome(relation(uuidKey()), uuid)).toBe(uuid);
    expect(outcome(relation(uuidKey()), ' ')).toEqual(['“ ” is not a valid UUID.']);
  });
});

describe('a list', () => {
  it('contains its converted items', () => {
    expect(outcome(list(integerKey()), [1, '2'])).toEqual([1, 2]);
    expect(outcome(list(integerKey()), [])).toEqual([]);
  });

  it('reports the first invalid item', () => {
    expect(outcome(list(uuidKey()), ['x', 'y'])).toEqual(['“x” is not a valid UUID.']);
    expect(outcome(list(uuidKey()), [null])).toEqual(['Invalid pk "None" - object does not exist.']);
  });

  it.each<[unknown, string]>([
    ['x', 'str'],
    [5, 'int'],
    [1.5, 'float'],
    [true, 'bool'],
    [{}, 'dict'],
  ])('%j is refused', (raw, type) => {
    expect(outcome(list(uuidKey()), raw)).toEqual([`Expected a list of items but got type "${type}".`]);
  });
});

describe('a list of choices', () => {
  const words = eachOf(choice(['red', 'green']));

  it('keeps its items, including duplicates', () => {
    expect(outcome(words, ['green', 'red', 'green'])).toEqual(['green', 'red', 'green']);
  });

  it('reports every invalid item with its index', () => {
    expect(outcome(words, ['red', 'blue', null, 5])).toEqual({
      1: ['"blue" is not a valid choice.'],
      2: ['This field may not be null.'],
      3: ['"5" is not a valid choice.'],
    });
  });

  it('is empty only if allowEmpty is set', () => {
    expect(outcome(words, [])).toEqual(['This list may not be empty.']);
    expect(outcome(eachOf(choice(['red']), { allowEmpty: true }), [])).toEqual([]);
  });

  it('is refused if it is not a list', () => {
    expect(outcome(words, 'red')).toEqual(['Expected a list of items but got type "str".']);
  });
});

describe('a dictionary', () => {
  const invalid = ['Value must be a dictionary, and not have any duplicate keys.'];
  const nul = ['Null characters are not allowed.'];

  it.each<[unknown, unknown]>([
    [{}, {}],
    [{ a: { b: [1, null] } }, { a: { b: [1, null] } }],
    [{ text: '\\u0000' }, { text: '\\u0000' }],
    [{ a: '\0' }, nul],
    [{ '\0': 1 }, nul],
    [{ a: ['\\\0'] }, nul],
    [[], invalid],
    ['{}', invalid],
    [5, invalid],
  ])('reads %j as %j', (raw, expected) => {
    expect(outcome(dictionary(), raw)).toEqual(expected);
  });
});

describe('a date and time', () => {
  it.each<[string, string]>([
    ['2024-12-20T10:11:12.123456Z', '2024-12-20T10:11:12.123Z'],
    ['2024-12-20T10:11:12+02:00', '2024-12-20T08:11:12.000Z'],
    ['2024-12-20T10:11:12-0530', '2024-12-20T15:41:12.000Z'],
    ['2024-12-20 10:11', '2024-12-20T10:11:00.000Z'],
    [' 2024-12-20T10:11:12 ', '2024-12-20T10:11:12.000Z'],
    ['2024-12-20T10:11:12.5z', '2024-12-20T10:11:12.500Z'],
    ['2024-12-20T10:11:12,123456789Z', '2024-12-20T10:11:12.123Z'],
    ['2024-12-20 10:11:12 +02', '2024-12-20T08:11:12.000Z'],
    ['2024-12-20', '2024-12-20T00:00:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('reads %s', (raw, expected) => {
    expect(outcome(dateTime(), raw)).toEqual(new Date(expected));
  });

  it.each(
    [
      ...['x', '', '2024-13-01T00:00:00Z', '2023-02-29T00:00:00Z', '2024-12-20T24:00:00Z', '2024-12-20T10:60:00Z'],
      ...['2024-12-20T10:11:60Z', '2024-12-20T10:11:12+25:00', '2024-12-20Z', '0000-01-01T00:00:00Z', '20.12.2024'],
      ...[5, true, [], {}],
    ].map((raw) => [raw]),
  )('refuses %j', (raw) => {
    expect(outcome(dateTime(), raw)).toEqual([
      'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
    ]);
  });
});
