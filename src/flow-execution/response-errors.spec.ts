import { expect, it } from 'vitest';

import { message } from '../rest/messages/messages.js';
import { responseErrors } from './response-errors.js';

it('lists the messages of each field', () => {
  const errors = { a: [message('required'), message('blank')], non_field_errors: [message('noData')] };
  expect(responseErrors(errors)).toEqual(errors);
});

it('lists errors of nested values for the field that holds them', () => {
  expect(responseErrors({ b: [{}, { code: [message('null')] }, ['Listed.']], c: { d: ['Deep.'] } })).toEqual({
    b: [message('null'), { written: 'Listed.' }],
    c: [{ written: 'Deep.' }],
  });
});
