import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError, Raw } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { type IdempotentRequest, keyError } from './idempotent-request.js';

/** Lifetime of a key in hours. */
const keyTtlHours = 24;

/** Lock timeout in seconds for a request with the key of another one. The wait occupies a database connection. */
const lockTimeout = 5;

/** Executes retried requests only once. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired idempotency keys', () => this.purge());
  }

  /**
   * Runs `work` in a transaction that also stores its response under the idempotency key: if it fails, the key remains
   * unused. A concurrent request with the same key waits for the first one.
   *
   * @param request undefined if the client sent no key
   * @param work must use only this manager: waiting requests may hold all other connections
   * @returns the result of `work`, possibly of the first request. It is stored, so it must not contain secrets.
   * @throws ValidationError if the key belongs to a different request, or the first one takes too long
   */
  once<T extends object>(
    request: IdempotentRequest | undefined,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      if (request === undefined) return work(manager);
      if (!(await this.claim(manager, request))) return this.storedResponse<T>(manager, request);
      const answer = await work(manager);
      const { user: userId, route, key } = request;
      await manager.update(IdempotencyRecord, { userId, route, key }, { answer });
      return answer;
    });
  }

  /**
   * Returns the response of an earlier request with this key; undefined if there is none yet. For limits that are counted
   * before `once`: a retry does not count.
   *
   * @throws ValidationError if the key belongs to a different request
   */
  async earlier<T extends object>(request: IdempotentRequest | undefined): Promise<T | undefined> {
    if (request === undefined) return undefined;
    const { user: userId, route, key, fingerprint } = request;
    const created = Raw((column) => `${column} > now() - interval '${keyTtlHours} hours'`);
    const record = await this.dataSource.manager.findOneBy(IdempotencyRecord, { userId, route, key, created });
    return record === null ? undefined : (responseOf(record, fingerprint) as T);
  }

  /** Claims the key if it is unused or expired. Waits for concurrent claims. */
  private async claim(manager: EntityManager, { user, route, key, fingerprint }: IdempotentRequest): Promise<boolean> {
    await manager.query(`select set_config('lock_timeout', $1, true)`, [`${lockTimeout}s`]);
    try {
      const claimed = await manager.query<unknown[]>(
        `insert into "idempotency_record" as r (user_id, route, key, fingerprint) values ($1, $2, $3, $4)
             on conflict (user_id, route, key) do update set fingerprint = excluded.fingerprint, created = now()
          where r.created < now() - $5 * interval '1 hour'
         returning 1`,
        [user, route, key, fingerprint, keyTtlHours],
      );
      return claimed.length > 0;
    } catch (error) {
      if (isLockTimeout(error))
        throw keyError('The first request with this key is still in progress. Try again later.');
      throw error;
    }
  }

  private async storedResponse<T>(manager: EntityManager, request: IdempotentRequest): Promise<T> {
    const { user: userId, route, key, fingerprint } = request;
    const record = await manager.findOneByOrFail(IdempotencyRecord, { userId, route, key });
    return responseOf(record, fingerprint) as T;
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "idempotency_record" where ctid = any(array(
         select ctid from "idempotency_record" where created < now() - $1 * interval '1 hour' limit 500
       ))`,
      [keyTtlHours],
    );
    return deleted[1];
  }
}

function responseOf(record: IdempotencyRecord, fingerprint: Buffer): unknown {
  if (!record.fingerprint.equals(fingerprint)) throw keyError('This key was used for another request.');
  return record.answer;
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '55P03';
}
