import 'reflect-metadata';

import { describe, expect, it } from 'vitest';

import { ValidationError } from '../errors/validation-error.js';
import { englishErrors } from '../messages/english.js';
import { PatchOf, RequestOf } from './derived.js';
import type { RuleContext } from './field.js';
import { BooleanField, IntegerField, ObjectListField, TextField } from './fields.js';
import { Check, readObject } from './read-object.js';

class PartFields {
  @TextField({ required: true })
  label!: string;

  @IntegerField()
  size?: number;
}
class PartRequest extends RequestOf(PartFields) {}

class ThingFields {
  @TextField({ readOnly: true })
  pk!: string;

  @TextField({ required: true, rules: [(value: string) => Promise.resolve(value === 'taken' ? ['taken'] : undefined)] })
  name!: string;

  @ObjectListField(PartFields, PartRequest)
  parts?: PartFields[];

  @IntegerField({ required: true })
  size!: number;

  @BooleanField()
  round?: boolean;

  @TextField({ nullable: true })
  note?: string | null;
}

@Check(({ size, round }: Partial<ThingFields>) => (round && (size ?? 0) > 9 ? 'too large to be round' : undefined))
@Check(({ size }: Partial<ThingFields>) => (size === 13 ? 'unlucky' : undefined))
class ThingRequest extends RequestOf(ThingFields) {}
class PatchedThingRequest extends PatchOf(ThingRequest) {}

const context = { manager: undefined, current: undefined, resolve: undefined } as unknown as RuleContext;

async function outcome(raw: unknown, type: abstract new () => object = ThingRequest): Promise<unknown> {
  try {
    return { ...(await readObject(type, raw, context)) };
  } catch (error) {
    if (error instanceof ValidationError) return englishErrors(error.errors);
    throw error;
  }
}

const required = ['This field is required.'];

describe('a request body', () => {
  it('is converted to the fields that it contains', async () => {
    expect(await outcome({ name: ' a ', size: '5' })).toEqual({ name: 'a', size: 5 });
    expect(await outcome({ name: 'a', size: 1, round: 'yes', note: null })).toEqual({
      name: 'a',
      size: 1,
      round: true,
      note: null,
    });
  });

  it('of a PATCH may omit any field', async () => {
    expect(await outcome({}, PatchedThingRequest)).toEqual({});
    expect(await outcome({ round: 0 }, PatchedThingRequest)).toEqual({ round: false });
    expect(await outcome({ name: null, size: 'x' }, PatchedThingRequest)).toEqual({
      name: ['This field may not be null.'],
      size: ['A valid integer is required.'],
    });
  });

  it('reports all errors at once, in the order of the fields', async () => {
    const errors = await outcome({ round: 'x', parts: 5, name: '', note: [] });
    expect(JSON.stringify(errors)).toBe(
      JSON.stringify({
        name: ['This field may not be blank.'],
        parts: { non_field_errors: ['Expected a list of items but got type "int".'] },
        size: required,
        round: ['Must be a valid boolean.'],
        note: ['Not a valid string.'],
      }),
    );
  });

  it('reports violated rules together with invalid values', async () => {
    expect(await outcome({ name: 'taken', size: 'x' })).toEqual({
      name: ['taken'],
      size: ['A valid integer is required.'],
    });
  });

  it('is checked across fields only if every field is valid, up to the first failure', async () => {
    expect(await outcome({ name: '', size: 13 })).toEqual({ name: ['This field may not be blank.'] });
    expect(await outcome({ name: 'a', size: 13 })).toEqual({ non_field_errors: ['unlucky'] });
    expect(await outcome({ name: 'a', size: 13, round: true })).toEqual({
      non_field_errors: ['too large to be round'],
    });
  });

  it('ignores unknown keys, read-only fields and inherited property names', async () => {
    const raw = JSON.parse(
      '{"pk":"x","unknown":1,"constructor":2,"toString":3,"__proto__":{"name":"x","polluted":1},"name":"a","size":1}',
    );
    expect(await outcome(raw)).toEqual({ name: 'a', size: 1 });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('ignores the fields of a sent __proto__', async () => {
    expect(await outcome(JSON.parse('{"__proto__":{"name":"x","size":1}}'))).toEqual({
      name: required,
      size: required,
    });
  });

  it.each<[unknown, unknown]>([
    [null, ['No data provided']],
    [[], ['Invalid data. Expected a dictionary, but got list.']],
    ['x', ['Invalid data. Expected a dictionary, but got str.']],
    [1, ['Invalid data. Expected a dictionary, but got int.']],
    [1.5, ['Invalid data. Expected a dictionary, but got float.']],
    [2 ** 64, ['Invalid data. Expected a dictionary, but got float.']],
    [true, ['Invalid data. Expected a dictionary, but got bool.']],
  ])('is refused if it is %j', async (raw, messages) => {
    expect(await outcome(raw)).toEqual({ non_field_errors: messages });
  });
});

describe('a list of objects in a body', () => {
  const parts = async (value: unknown): Promise<unknown> => {
    const { parts: errors } = (await outcome({ name: 'a', size: 1, parts: value })) as { parts: unknown };
    return errors;
  };

  it.each<[unknown, unknown]>([
    [[], []],
    [[{ label: 'x' }], [{ label: 'x' }]],
    [null, ['This field may not be null.']],
    ['x', { non_field_errors: ['Expected a list of items but got type "str".'] }],
    [{}, { non_field_errors: ['Expected a list of items but got type "dict".'] }],
    [false, { non_field_errors: ['Expected a list of items but got type "bool".'] }],
    [[{}], [{ label: required }]],
    [[null], [['This field may not be null.']]],
    [[[]], [{ non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }]],
    [
      [{ label: 'x' }, { label: '', size: 'y' }, 5],
      [
        {},
        { label: ['This field may not be blank.'], size: ['A valid integer is required.'] },
        { non_field_errors: ['Invalid data. Expected a dictionary, but got int.'] },
      ],
    ],
  ])('%j is read as %j', async (value, expected) => {
    expect(await parts(value)).toEqual(expected);
  });
});
