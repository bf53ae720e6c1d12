import { setTimeout as sleep } from 'node:timers/promises';

import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** Milliseconds between two retries. */
const retryDelay = 250;

/**
 * SQLSTATE of errors that end by themselves (PostgreSQL, appendix A): lost connections (08), a full disk or too many
 * connections (53), a server that stops or starts (57P), I/O errors (58), a read-only server (25006, during a fail-over),
 * serialization failures and deadlocks (40001, 40P01), a lock that is not available (55P03).
 */
const transientCodes = /^(?:08|53|57P|58)|^(?:25006|40001|40P01|55P03)$/;

/** Whether the same statement can succeed later. If the connection was lost, the statement may have been executed. */
export function isTransient(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof DatabaseError ? transientCodes.test(cause.code ?? '') : cause instanceof Error;
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
