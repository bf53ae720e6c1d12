import { DatabaseError } from 'pg';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

import { AppError } from './app-error.js';

/**
 * SQLSTATE of a server that cannot serve at the moment (PostgreSQL, appendix A): lost connections (08), a full disk or too
 * many connections (53), a stop or start (57P), I/O errors (58), and a read-only server during a fail-over (25006).
 */
const outageCodes = /^(?:08|53|57P|58)|^25006$/;

/** Errors of Node for a connection that cannot be opened or breaks. */
const socketCodes = /^(?:E(?:CONN|HOST|NET)\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ERR_(?:STREAM|SOCKET)_\w+)$/;

/** Messages of pg, its pool and `database/` for lost connections and a pool without a free one; they have no code. */
const lostMessages =
  /^(?:Connection terminated|Client (?:has encountered|was closed)|timeout e(?:xceeded|xpired)|Query read timeout|The database server )/;

/** Errors of TypeORM for a statement after the connection of its transaction was lost between two statements. */
const lostTransactions = [QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError];

/** Whether this SQLSTATE means that the server cannot serve at the moment. */
export function isOutageCode(code: unknown): boolean {
  return outageCodes.test(String(code));
}

/** The error for the client while the database cannot serve; undefined for other errors. */
export function asDatabaseOutage(error: unknown): AppError | undefined {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return undefined;
  const { code } = cause as { code?: unknown };
  const isOutage =
    cause instanceof DatabaseError
      ? isOutageCode(code)
      : socketCodes.test(String(code)) ||
        lostMessages.test(cause.message) ||
        lostTransactions.some((lost) => cause instanceof lost);
  return isOutage ? new AppError('databaseUnavailable') : undefined;
}
