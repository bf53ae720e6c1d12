import { QueryFailedError } from 'typeorm';

import { AppError } from './app-error.js';

/** PostgreSQL's code for a statement that was cancelled, by `statement_timeout` or on request. */
const queryCanceled = '57014';

/** The error for the client behind a statement that took longer than STATEMENT_TIMEOUT. */
export function asSlowStatement(error: unknown): AppError | undefined {
  const { code } = error instanceof QueryFailedError ? (error.driverError as { code?: string }) : {};
  return code === queryCanceled ? new AppError('tooSlow') : undefined;
}
