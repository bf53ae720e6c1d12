import { QueryFailedError } from 'typeorm';

import { nonField, ValidationError } from './validation-error.js';

/** The client's error for each violated constraint. */
const messages = new Map<string, ValidationError>();

/**
 * Sets the error message for violations of a constraint. Rules check before writing; this is for the request that loses a
 * race between check and write.
 *
 * @param field the field of the request, or undefined if several are concerned
 */
export function describeConstraint(constraint: string, field: string | undefined, message: string): void {
  messages.set(constraint, new ValidationError({ [field ?? nonField]: [message] }));
}

/** Converts a database error caused by conflicting writes to the client's error; undefined for other errors. */
export function asDatabaseConflict(error: unknown): ValidationError | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  const described = messages.get(constraint ?? '');
  if (code === checkViolation) return described;
  return conflicts.includes(code ?? '') ? (described ?? conflictingWrites()) : undefined;
}

/** The client's error if a concurrent request won. */
export function conflictingWrites(): ValidationError {
  return new ValidationError({ [nonField]: [conflictMessage] });
}

/** PostgreSQL's codes: unique violation, foreign key violation, deadlock. */
const conflicts = ['23505', '23503', '40P01'];

/** Two changes can together break a check that each of them keeps. A check without a description is a fault of the code. */
const checkViolation = '23514';
const conflictMessage = 'Something that this refers to has just been changed by another request. Try again.';
