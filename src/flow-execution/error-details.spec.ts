import { expect, it } from 'vitest';

import { errorDetails } from './error-details.js';

it('Errors are told with the codes of the reference', () => {
  expect(
    errorDetails({
      a: ['This field is required.', 'This field may not be blank.', 'This field may not be null.'],
      b: ['"x" is not a valid choice.', 'Ensure this field has no more than 5 characters.', 'Something else.'],
      c: [{ string: 'email-sent', code: 'email-sent' }],
      non_field_errors: ['No data provided'],
    }),
  ).toEqual({
    a: [
      { string: 'This field is required.', code: 'required' },
      { string: 'This field may not be blank.', code: 'blank' },
      { string: 'This field may not be null.', code: 'null' },
    ],
    b: [
      { string: '"x" is not a valid choice.', code: 'invalid_choice' },
      { string: 'Ensure this field has no more than 5 characters.', code: 'max_length' },
      { string: 'Something else.', code: 'invalid' },
    ],
    c: [{ string: 'email-sent', code: 'email-sent' }],
    non_field_errors: [{ string: 'No data provided', code: 'null' }],
  });
});

it('Errors inside of a value are told for the whole of it', () => {
  expect(errorDetails({ a: 'Text.', b: [{}, { c: ['Deep.'] }, ['Listed.']] })).toEqual({
    a: [{ string: 'Text.', code: 'invalid' }],
    b: [
      { string: 'Deep.', code: 'invalid' },
      { string: 'Listed.', code: 'invalid' },
    ],
  });
});
