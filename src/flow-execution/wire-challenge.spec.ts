import { expect, it } from 'vitest';

import { message } from '../rest/messages/messages.js';
import { wireChallenge } from './wire-challenge.js';

it("sends authentik's English and codes instead of message codes", () => {
  const challenge = {
    component: 'ak-stage-identification',
    response_errors: {
      uid_field: [message('required'), message('blank'), message('null'), message('maxLength', { limit: 5 })],
      choice: [message('notChoice', { choice: 'x' }), message('passwordTooShort'), { written: 'Ask Maria.' }],
      non_field_errors: [message('noData'), message('mailResent'), message('confirmedElsewhere')],
    },
    primary_action: message('logIn'),
    messages: [{ level: 'error' as const, message: message('tooManyAttempts', { minutes: 1 }) }],
  };
  const wire = wireChallenge(challenge);
  expect(wire).toEqual({
    component: 'ak-stage-identification',
    response_errors: {
      uid_field: [
        { string: 'This field is required.', code: 'required' },
        { string: 'This field may not be blank.', code: 'blank' },
        { string: 'This field may not be null.', code: 'null' },
        { string: 'Ensure this field has no more than 5 characters.', code: 'max_length' },
      ],
      choice: [
        { string: '"x" is not a valid choice.', code: 'invalid_choice' },
        { string: 'Use at least 8 characters.', code: 'invalid' },
        { string: 'Ask Maria.', code: 'invalid' },
      ],
      non_field_errors: [
        { string: 'No data provided', code: 'null' },
        { string: 'email-sent', code: 'email-sent' },
        {
          string: 'The link was opened in another window or on another device. Continue there.',
          code: 'confirmed',
        },
      ],
    },
    primary_action: 'Log in',
    messages: [{ level: 'error', text: 'Too many attempts. Please try again after 1 minute.' }],
  });
  expect(Object.keys(wire)).toEqual(Object.keys(challenge));
});
