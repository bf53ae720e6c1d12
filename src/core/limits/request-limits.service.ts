import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';

/** A number of requests per period. */
export interface Limit {
  readonly times: number;
  readonly seconds: number;
}

/** Counts requests in fixed windows, shared by all processes. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired limits', () => this.purge());
  }

  /**
   * Counts a request in its own transaction before the work, so that concurrent requests cannot exceed the limit.
   *
   * @param key action and subject; the window starts with the first request
   * @returns seconds to wait if the limit is exceeded, else 0
   */
  async count(key: string, { times, seconds }: Limit): Promise<number> {
    const { count, wait } = await this.increment(this.dataSource.manager, key, seconds);
    return count > times ? Math.max(1, wait) : 0;
  }

  /**
   * Counts one more in the caller's transaction.
   *
   * @returns how many it makes in the span of so many seconds, which begins with the first one
   */
  async number(manager: EntityManager, key: string, seconds: number): Promise<number> {
    return (await this.increment(manager, key, seconds)).count;
  }

  private async increment(
    manager: EntityManager,
    key: string,
    seconds: number,
  ): Promise<{ count: number; wait: number }> {
    const [row] = await manager.query<[{ count: number; wait: number }]>(
      `insert into "request_limit" as l (key, count, ends) values ($1, 1, now() + $2 * interval '1 second')
           on conflict (key) do update
          set count = case when l.ends <= now() then 1 else l.count + 1 end,
              ends = case when l.ends <= now() then excluded.ends else l.ends end
       returning count, ceil(extract(epoch from ends - now()))::int as wait`,
      [key, seconds],
    );
    return row;
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "request_limit" where key in (
         select key from "request_limit" where ends < now() limit 500 for update skip locked
       )`,
    );
    return deleted[1];
  }
}
