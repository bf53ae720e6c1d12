import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';

/** So often within so many seconds. */
export interface Limit {
  readonly times: number;
  readonly seconds: number;
}

/** Counts, for all processes together, what may be done only so often. */
@Injectable()
export class RequestLimits {
  constructor(
    private readonly dataSource: DataSource,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired limits', () => this.purge());
  }

  /**
   * Counts one more, by itself and before anything is done, so that requests at the same time cannot outrun it.
   *
   * @param key who does what; a span of time begins with the first one
   * @returns seconds to wait if that was one too many, else 0
   */
  async count(key: string, { times, seconds }: Limit): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number; wait: number }[]>(
      `insert into "request_limit" as l (key, count, ends) values ($1, 1, now() + $2 * interval '1 second')
           on conflict (key) do update
          set count = case when l.ends <= now() then 1 else l.count + 1 end,
              ends = case when l.ends <= now() then excluded.ends else l.ends end
       returning count, ceil(extract(epoch from ends - now()))::int as wait`,
      [key, seconds],
    );
    return row !== undefined && row.count > times ? Math.max(1, row.wait) : 0;
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "request_limit" where key in (select key from "request_limit" where ends < now() limit 500)`,
    );
    return deleted[1];
  }
}
