import { QueryFailedError } from 'typeorm';
import { describe, expect, it } from 'vitest';

import { asDatabaseConflict, describeConstraint } from './database-conflict.js';

describeConstraint('uq_thing_name', 'name', 'thing with this name already exists.');
describeConstraint('ck_thing_url', 'url', 'A thing needs a URL.');
describeConstraint('uq_thing_place', undefined, 'The fields a, b must make a unique set.');

const tryAgain = 'Something that this refers to has just been changed by another request. Try again.';

function failure(code: string, constraint?: string): QueryFailedError {
  return new QueryFailedError('insert', [], Object.assign(new Error('refused'), { code, constraint }));
}

describe('A database error', () => {
  it.each<[string, string | undefined, object]>([
    ['23505', 'uq_thing_name', { name: ['thing with this name already exists.'] }],
    ['23505', 'uq_thing_place', { non_field_errors: ['The fields a, b must make a unique set.'] }],
    ['23505', 'uq_unheard_of', { non_field_errors: [tryAgain] }],
    ['23503', 'fk_unheard_of', { non_field_errors: [tryAgain] }],
    ['23514', 'ck_thing_url', { url: ['A thing needs a URL.'] }],
    ['40P01', undefined, { non_field_errors: [tryAgain] }],
  ])('with the code %s and the constraint %s is a conflict of concurrent requests', (code, constraint, errors) => {
    expect(asDatabaseConflict(failure(code, constraint))?.errors).toEqual(errors);
  });

  it.each(['23514', '23502', '22P02', '42P01'])('with the code %s is not a conflict', (code) => {
    expect(asDatabaseConflict(failure(code, 'ck_thing'))).toBeUndefined();
  });

  it('of another class is not a conflict', () => {
    expect(asDatabaseConflict(Object.assign(new Error(), { code: '23505' }))).toBeUndefined();
    expect(asDatabaseConflict(undefined)).toBeUndefined();
  });
});
