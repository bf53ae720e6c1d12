import { setTimeout as sleep } from 'node:timers/promises';

import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

import { isOutageCode } from '../rest/errors/database-outage.js';

/** Milliseconds between two retries. */
const retryDelay = 250;

/**
 * SQLSTATE of errors that end by themselves, apart from outages (PostgreSQL, appendix A): serialization failures and
 * deadlocks (40001, 40P01), and a lock that is not available (55P03).
 */
const conflictCodes = ['40001', '40P01', '55P03'];

/** Whether the same statement can succeed later. If the connection was lost, the statement may have been executed. */
export function isTransient(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof DatabaseError)) return cause instanceof Error;
  return isOutageCode(cause.code) || conflictCodes.includes(cause.code ?? '');
}

/**
 * Retries work until it succeeds, fails with a permanent error, or `signal` aborts. Only for idempotent work.
 *
 * @throws the last error
 */
export async function retryTransient<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || signal?.aborted === true) throw error;
      await sleep(retryDelay);
    }
  }
}
