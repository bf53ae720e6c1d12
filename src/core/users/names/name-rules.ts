import { type FieldMessage, ValidationError } from '../../../rest/errors/validation-error.js';
import type { FieldRule } from '../../../rest/fields/field.js';
import { message } from '../../../rest/messages/messages.js';
import type { User } from '../user.entity.js';
import { type NameField, type NameProblem, nameProblems, type NamesRefused } from './account-names.js';

export const usernameTaken = 'This field must be unique.';

const messages: Readonly<Record<NameField, Readonly<Partial<Record<NameProblem, FieldMessage>>>>> = {
  username: {
    invalid: message('usernameInvalid'),
    taken: usernameTaken,
    alike: 'This looks like the user name of another user.',
  },
  email: { taken: 'This is the user name of another user.' },
  attributes: { taken: 'Another user has the name in "upn".' },
};

/** The rule that the account can have the names in this field. Writers ask again, with the names locked. */
export function isAvailable(field: NameField): FieldRule {
  return async (value: unknown, { manager, current }) => {
    const problems = await nameProblems(manager, { [field]: value }, current as User | undefined);
    return messagesOf(problems)[field];
  };
}

/** The error of the API for names that an account cannot have; `field` says what the request calls the user name. */
export function namesError({ problems }: NamesRefused, field = 'username'): ValidationError {
  const { username, ...others } = messagesOf(problems);
  return new ValidationError({ ...(username !== undefined && { [field]: username }), ...others });
}

function messagesOf(problems: ReadonlyMap<NameField, NameProblem>): Partial<Record<NameField, FieldMessage[]>> {
  return Object.fromEntries(
    [...problems].map(([field, problem]) => [field, [messages[field][problem] ?? usernameTaken]]),
  );
}
