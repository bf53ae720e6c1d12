import { type FieldMessages } from '../rest/errors/validation-error.js';
import type { ResponseErrors } from './executor-answer.js';

interface Detail {
  readonly string: string;
  readonly code: string;
}

/** The reference's code of a message, by what the message says; `invalid` for every other. */
const codes: readonly (readonly [RegExp, string])[] = [
  [/^This field is required\.$/, 'required'],
  [/^This field may not be blank\.$/, 'blank'],
  [/^(This field may not be null\.|No data provided)$/, 'null'],
  [/ is not a valid choice\.$/, 'invalid_choice'],
  [/^Ensure this (field|value) has no more than /, 'max_length'],
  [/^Ensure this (field|value) has at least /, 'min_length'],
  [/^Ensure this value is less than or equal to /, 'max_value'],
  [/^Ensure this value is greater than or equal to /, 'min_value'],
  [/^Null characters are not allowed\.$/, 'null_characters_not_allowed'],
];

/** What is wrong with an answer, as the wire has it: a flat list of messages with their codes for each field. */
export function errorDetails(errors: Readonly<Record<string, unknown>>): ResponseErrors {
  return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, detailsOf(messages)]));
}

function detailsOf(messages: unknown): Detail[] {
  if (typeof messages === 'string') return [{ string: messages, code: codeOf(messages) }];
  if (Array.isArray(messages)) return messages.flatMap(detailsOf);
  if (isDetail(messages)) return [{ string: messages.string, code: messages.code }];
  return Object.values(messages as Record<string, FieldMessages>).flatMap(detailsOf);
}

function isDetail(value: unknown): value is Detail {
  return typeof value === 'object' && value !== null && 'string' in value && 'code' in value;
}

function codeOf(message: string): string {
  return codes.find(([pattern]) => pattern.test(message))?.[1] ?? 'invalid';
}
