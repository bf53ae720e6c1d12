import { QueryFailedError } from 'typeorm';

import { nonField, ValidationError } from './validation-error.js';

/** A constraint of the database, and what a client is told who breaks it. */
const messages = new Map<string, ValidationError>();

/**
 * Says what a client is told when a write breaks the constraint. Rules look before they write; this speaks for the
 * request that loses a race between the look and the write.
 *
 * @param field the request's field, or nothing if the rule concerns several
 */
export function describeConstraint(constraint: string, field: string | undefined, message: string): void {
  messages.set(constraint, new ValidationError({ [field ?? nonField]: [message] }));
}

/** The error for the client behind an error of the database, if it is one of conflicting writes. */
export function asDatabaseConflict(error: unknown): ValidationError | undefined {
  if (!(error instanceof QueryFailedError)) return undefined;
  const { code, constraint } = error.driverError as { code?: string; constraint?: string };
  if (!conflicts.includes(code ?? '')) return undefined;
  return messages.get(constraint ?? '') ?? conflictingWrites();
}

/** The error for a client whose request came to nothing because of another one that came at the same time. */
export function conflictingWrites(): ValidationError {
  return new ValidationError({ [nonField]: [conflictMessage] });
}

/** PostgreSQL's codes: unique violation, foreign key violation, deadlock. */
const conflicts = ['23505', '23503', '40P01'];
const conflictMessage = 'Something that this refers to has just been changed by another request. Try again.';
