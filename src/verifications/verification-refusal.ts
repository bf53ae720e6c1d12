import { AppError } from '../rest/errors/app-error.js';
import { nonField, ValidationError } from '../rest/errors/validation-error.js';
import type { Message } from '../rest/messages/messages.js';
import type { VerificationState } from './verification-states.js';
import { maxAttempts, type StoredVerification } from './verification-store.js';

/** Why nothing more can be done, by the state of the verification. */
const reasons: Readonly<Record<Exclude<VerificationState, 'pending'>, string>> = {
  approved: 'The address has already been verified.',
  canceled: 'The verification was canceled.',
  expired: 'The verification has expired.',
  failed: 'The mail could not be delivered.',
  max_attempts: 'Too many wrong codes were entered.',
};

/** Returns the refusal of a request by the state of the verification. */
export function refusalOf(verification: StoredVerification | undefined): AppError | ValidationError {
  if (verification === undefined) return new AppError('notFound');
  const { status } = verification;
  const reason = status === 'pending' ? 'The verification has changed. Try again.' : reasons[status];
  return new ValidationError({ [nonField]: [reason] }, detailsOf(verification));
}

/** Returns the refusal of a code. */
export function codeRefusal(reason: Message, verification: StoredVerification): ValidationError {
  return new ValidationError({ code: [reason] }, detailsOf(verification));
}

function detailsOf({ attempts, status }: StoredVerification): { status: string; attempts_left: number } {
  return { status, attempts_left: status === 'max_attempts' ? 0 : Math.max(0, maxAttempts - attempts) };
}
