import { setTimeout as sleep } from 'node:timers/promises';

import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';

/** Milliseconds between two looks whether the database is back. */
const pause = 250;

/** SQLSTATE of connections that break, and of a server that stops or starts (PostgreSQL, appendix A). */
const away = /^(08|57P)/;

/** Whether the database could not be asked, or went away before it answered; what was asked may have been done. */
export function isOutage(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  return cause instanceof DatabaseError ? away.test(cause.code ?? '') : cause instanceof Error;
}

/**
 * Does what must not stay undone because the database is away for a moment: tries again until it is back. Only for work
 * that may be done twice.
 *
 * @param limits when it gives up, and throws what the last try did: after `milliseconds`, or when `signal` says so
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
      if (!isOutage(error) || Date.now() + pause > end || signal?.aborted === true) throw error;
      await sleep(pause);
    }
  }
}
