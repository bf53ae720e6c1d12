import { setTimeout as sleep } from 'node:timers/promises';

import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** Milliseconds between two retries. */
const retryDelay = 250;

/** SQLSTATE of lost connections, and of a server that stops or starts (PostgreSQL, appendix A). */
const connectionLostCodes = /^(08|57P)/;

/** Whether the connection failed or was lost; the statement may have been executed. */
export function isOutage(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof DatabaseError ? connectionLostCodes.test(cause.code ?? '') : cause instanceof Error;
}

/**
 * Retries work that failed because the database connection was lost, until the database is back. Only for idempotent work.
 *
 * @param limits gives up after `milliseconds`, or when `signal` aborts, and throws the last error
 */
export async function throughOutage<T>(
  work: () => Promise<T>,
  { milliseconds = Number.POSITIVE_INFINITY, signal }: { milliseconds?: number; signal?: AbortSignal },
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error) || Date.now() + retryDelay > end || signal?.aborted === true) throw error;
      await sleep(retryDelay);
    }
  }
}
