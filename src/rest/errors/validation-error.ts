import type { MessageOrText } from '../messages/messages.js';

/** A message of a field; a string is one that only the management API has. */
export type FieldMessage = MessageOrText | string;

/** Errors of one field: messages, or for a nested value an object or list of errors. */
export type FieldMessages =
  readonly FieldMessage[] | NestedMessages | readonly (NestedMessages | readonly FieldMessage[])[];

/** Nested errors, keyed by field. */
export interface NestedMessages {
  readonly [field: string]: FieldMessages;
}

/** The key of errors that concern no single field. */
export const nonField = 'non_field_errors';

/** Invalid input, answered with 400 and `{"<field>": ["message", ...]}` (management API, section 3.1). */
export class ValidationError extends Error {
  override readonly name = 'ValidationError';

  /** @param details further fields of the answer, for programs */
  constructor(
    readonly errors: NestedMessages,
    readonly details: Readonly<Record<string, string | number>> = {},
  ) {
    super('The input is not valid.');
  }
}
