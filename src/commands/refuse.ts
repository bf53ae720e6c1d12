import { ValidationError } from '../rest/errors/validation-error.js';
import { englishErrors } from '../rest/messages/english.js';
import { CommandError } from './command-error.js';

/** @throws the error, where fields were refused with a line for each of them */
export function refuse(error: unknown): never {
  if (!(error instanceof ValidationError)) throw error;
  const lines = Object.entries(englishErrors(error.errors)).map(
    ([field, messages]) => `${field}: ${([messages].flat() as string[]).join(' ')}`,
  );
  throw new CommandError(lines.join('\n'));
}
