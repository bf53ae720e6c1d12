import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';
import { IdempotencyRecord } from './idempotency-record.entity.js';
import { type IdempotentRequest, keyError } from './idempotent-request.js';

/** Hours that a key is kept. */
const keptFor = 24;

/** Seconds that a request waits for another one with the same key. It keeps a connection to the database meanwhile. */
const patience = 5;

/** Lets a request that comes again have its effect just once. */
@Injectable()
export class Idempotency {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired idempotency keys', () => this.purge());
  }

  /**
   * Does `work` in a transaction, and writes its answer down under the request's key in that transaction: if it fails,
   * the key is as unused as before. A request with the same key that comes meanwhile waits for the first one.
   *
   * @param request undefined: the client gave no key
   * @param work must use nothing but this manager: others may hold every other connection while they wait for it
   * @returns what `work` gave, now or the first time. It is stored, so it must hold no secret.
   * @throws ValidationError if the key belongs to another request, or the first one takes too long
   */
  once<T extends object>(
    request: IdempotentRequest | undefined,
    work: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      if (request === undefined) return work(manager);
      if (!(await this.take(manager, request))) return this.earlierAnswer<T>(manager, request);
      const answer = await work(manager);
      const { user: userId, route, key } = request;
      await manager.update(IdempotencyRecord, { userId, route, key }, { answer });
      return answer;
    });
  }

  /** Takes the key, if it is free or expired. Waits while another transaction is about to take it. */
  private async take(manager: EntityManager, { user, route, key, fingerprint }: IdempotentRequest): Promise<boolean> {
    await manager.query(`select set_config('lock_timeout', $1, true)`, [`${patience}s`]);
    try {
      const taken = await manager.query<unknown[]>(
        `insert into "idempotency_record" as r (user_id, route, key, fingerprint) values ($1, $2, $3, $4)
             on conflict (user_id, route, key) do update set fingerprint = excluded.fingerprint, created = now()
          where r.created < now() - $5 * interval '1 hour'
         returning 1`,
        [user, route, key, fingerprint, keptFor],
      );
      return taken.length > 0;
    } catch (error) {
      if (isLockTimeout(error)) throw keyError('The first request with this key is still under way. Try again later.');
      throw error;
    }
  }

  private async earlierAnswer<T>(manager: EntityManager, request: IdempotentRequest): Promise<T> {
    const { user: userId, route, key, fingerprint } = request;
    const record = await manager.findOneByOrFail(IdempotencyRecord, { userId, route, key });
    if (!record.fingerprint.equals(fingerprint)) throw keyError('This key was used for another request.');
    return record.answer as T;
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "idempotency_record" where ctid = any(array(
         select ctid from "idempotency_record" where created < now() - $1 * interval '1 hour' limit 500
       ))`,
      [keptFor],
    );
    return deleted[1];
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '55P03';
}
