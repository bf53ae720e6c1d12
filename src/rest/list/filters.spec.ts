import 'reflect-metadata';

import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { ValidationError } from '../errors/validation-error.js';
import type { RuleContext } from '../fields/field.js';
import { readObject } from '../fields/read-object.js';
import { englishErrors } from '../messages/english.js';
import {
  BooleanFilter,
  ChoiceFilter,
  DateTimeFilter,
  IntegerFilter,
  MultiChoiceFilter,
  MultiFilter,
  RelationFilter,
  TextFilter,
  UuidFilter,
  uuidOf,
} from './filters.js';
import { conditionsOf } from './list-query.js';

const known = 'b6f3d1a0-0000-4000-8000-000000000001';
const unknown = 'b6f3d1a0-0000-4000-8000-000000000002';
const words = ['retry', 'restart'];

class ThingListQuery {
  @TextFilter({ on: 'thing.name' })
  name?: string;

  @BooleanFilter({ on: 'thing.round' })
  round?: boolean;

  @IntegerFilter({ on: 'thing.size' })
  size?: number;

  @ChoiceFilter(words, { on: 'thing.action' })
  action?: string;

  @MultiChoiceFilter(words, { on: 'thing.action' })
  actions?: string[];

  @UuidFilter({ on: 'thing.pk' })
  pk?: string;

  @DateTimeFilter({ on: 'thing.expires' })
  expires?: Date;

  @RelationFilter(() => 'owner', { on: 'thing.ownerId' })
  owner?: string;

  @MultiFilter({ type: 'string' }, uuidOf, (builder, value) => builder.andWhere('member', { value }))
  members?: string[];
}

const manager = { existsBy: (_: unknown, { pk }: { pk: string }) => Promise.resolve(pk === known) };
const context = { manager, current: undefined } as unknown as RuleContext;

/** Returns the conditions that the parameters add, or their errors. */
async function outcome(query: object): Promise<unknown> {
  const added: unknown[] = [];
  const builder = {
    andWhere: (sql: string, parameters?: object) => added.push(...[sql, parameters].filter((part) => part)),
  } as unknown as SelectQueryBuilder<ObjectLiteral>;
  try {
    const filters = (await readObject(ThingListQuery, query, context)) as Record<string, unknown>;
    for (const [name, condition] of conditionsOf(ThingListQuery)) {
      if (filters[name] !== undefined) condition(builder, filters[name], name);
    }
    return added;
  } catch (error) {
    if (error instanceof ValidationError) return englishErrors(error.errors);
    throw error;
  }
}

const nul = ['Null characters are not allowed.'];
const notAvailable = (value: string): string[] => [
  `Select a valid choice. ${value} is not one of the available choices.`,
];

describe('a text filter', () => {
  it.each<[string, unknown]>([
    ['a', ['thing.name = :name', { name: 'a' }]],
    ['  A b ', ['thing.name = :name', { name: 'A b' }]],
    ['%_\\', ['thing.name = :name', { name: '%_\\' }]],
    ['', []],
    ['  ', []],
    ['\0', { name: nul }],
    ['a\0', { name: nul }],
  ])('reads %j as %j', async (name, expected) => {
    expect(await outcome({ name })).toEqual(expected);
  });
});

describe('a boolean filter', () => {
  it.each(['true', 'TRUE', 'tRuE', '1'])('reads %s as true', async (round) => {
    expect(await outcome({ round })).toEqual(['thing.round = :round', { round: true }]);
  });

  it.each(['false', 'False', 'fAlSe', '0'])('reads %s as false', async (round) => {
    expect(await outcome({ round })).toEqual(['thing.round = :round', { round: false }]);
  });

  it.each(['', ' ', 't', 'yes', 'on', 'no', '2', 'null', 'junk', ' true', '1.0', '\0', '__proto__', 'constructor'])(
    'ignores %j',
    async (round) => {
      expect(await outcome({ round })).toEqual([]);
    },
  );
});

describe('an integer filter', () => {
  const notNumber = { size: ['Enter a number.'] };
  const tooLarge = { size: ['Ensure this value is less than or equal to 1e+50.'] };

  it.each<[string, number]>([
    ['587', 587],
    [' 587 ', 587],
    ['+587', 587],
    ['-5', -5],
    ['5_87', 587],
    ['587.0', 587],
    ['587.', 587],
    ['587.5', 587],
    ['-5.9', -5],
    ['.5', 0],
    ['1e2', 100],
    ['5.87E+2', 587],
    ['5870e-1', 587],
    ['1e-400', 0],
    ['0587', 587],
    ['٥٨٧', 587],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
  ])('reads %j as %i', async (size, value) => {
    expect(await outcome({ size })).toEqual(['thing.size = :size', { size: value }]);
  });

  it.each(['2147483648', '-2147483649', '99999999999999999999', '1e49', '1e50', '-1e51', '-1e400'])(
    'matches nothing for %s, which exceeds the range of the column',
    async (size) => {
      expect(await outcome({ size })).toEqual(['false']);
    },
  );

  it.each(['1.0001e50', '1e51', '1e400', '9'.repeat(51)])('refuses %s', async (size) => {
    expect(await outcome({ size })).toEqual(tooLarge);
  });

  it.each([
    ...['abc', 'NaN', 'nan', 'sNaN', 'Infinity', '-inf', '\0', '5\0', '0x10', '1,000', '--5', '1e', 'e5', '.', '½'],
    ...[' ', '5 8'],
  ])('refuses %j', async (size) => {
    expect(await outcome({ size })).toEqual(notNumber);
  });

  it('ignores the empty string', async () => {
    expect(await outcome({ size: '' })).toEqual([]);
  });
});

describe('a choice filter', () => {
  it.each<[string, unknown]>([
    ['retry', ['thing.action = :action', { action: 'retry' }]],
    ['', []],
    ['nope', { action: notAvailable('nope') }],
    ['RETRY', { action: notAvailable('RETRY') }],
    [' retry', { action: notAvailable(' retry') }],
    ['\0', { action: notAvailable('\0') }],
  ])('reads %j as %j', async (action, expected) => {
    expect(await outcome({ action })).toEqual(expected);
  });

  it('with several values matches any of them', async () => {
    const condition = 'thing.action = any(:actions)';
    expect(await outcome({ actions: 'retry' })).toEqual([condition, { actions: ['retry'] }]);
    expect(await outcome({ actions: ['retry', '', 'restart'] })).toEqual([
      condition,
      { actions: ['retry', 'restart'] },
    ]);
    expect(await outcome({ actions: '' })).toEqual([]);
    expect(await outcome({ actions: ['retry', 'nope'] })).toEqual({ actions: notAvailable('nope') });
  });
});

describe('a UUID filter', () => {
  it.each([known, known.toUpperCase(), known.replaceAll('-', ''), `{${known}}`, `urn:uuid:${known}`, ` ${known} `])(
    'accepts the spelling %s',
    async (pk) => {
      expect(await outcome({ pk })).toEqual(['thing.pk = :pk', { pk: known }]);
    },
  );

  it.each(['', ' '])('ignores the blank %j', async (pk) => {
    expect(await outcome({ pk })).toEqual([]);
  });

  it.each(['x', '5', '\0', `${known}0`])('refuses %j', async (pk) => {
    expect(await outcome({ pk })).toEqual({ pk: ['Enter a valid UUID.'] });
  });
});

describe('a date filter', () => {
  it('accepts a date and time, ignores blanks and refuses other values', async () => {
    const expires = new Date('2024-12-20T10:11:00Z');
    expect(await outcome({ expires: '2024-12-20 10:11' })).toEqual(['thing.expires = :expires', { expires }]);
    expect(await outcome({ expires: ' ' })).toEqual([]);
    expect(await outcome({ expires: 'x' })).toEqual({ expires: ['Enter a valid date/time.'] });
    expect(await outcome({ expires: '\0' })).toEqual({ expires: ['Enter a valid date/time.'] });
  });
});

describe('a relation filter', () => {
  it.each<[string, unknown]>([
    [known, ['thing.ownerId = :owner', { owner: known }]],
    [known.toUpperCase(), ['thing.ownerId = :owner', { owner: known }]],
    ['', []],
    [unknown, { owner: notAvailable('That choice') }],
    ['x', { owner: ['“x” is not a valid UUID.'] }],
    [' ', { owner: ['“ ” is not a valid UUID.'] }],
    [` ${known}`, { owner: [`“ ${known}” is not a valid UUID.`] }],
    ['\0', { owner: nul }],
    [`${known}\0`, { owner: nul }],
  ])('reads %j as %j', async (owner, expected) => {
    expect(await outcome({ owner })).toEqual(expected);
  });

  it('with several values passes all of them on', async () => {
    expect(await outcome({ members: known })).toEqual(['member', { value: [known] }]);
    expect(await outcome({ members: [known, '', unknown] })).toEqual(['member', { value: [known, unknown] }]);
    expect(await outcome({ members: ['', ''] })).toEqual([]);
    expect(await outcome({ members: [known, 'x'] })).toEqual({ members: ['“x” is not a valid UUID.'] });
  });
});

it('reports several invalid filters together, and ignores unknown parameters', async () => {
  const query = { size: 'x', name: '\0', round: 'junk', other: 'y', action: 'z', owner: 'w' };
  expect(await outcome(query)).toEqual({
    name: nul,
    size: ['Enter a number.'],
    action: notAvailable('z'),
    owner: ['“w” is not a valid UUID.'],
  });
});
