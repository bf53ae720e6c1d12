import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';
import type { TransportSettings } from '../transport/mail-transport.js';
import { MailTransports } from '../transport/mail-transports.js';

/** Holds the rates of transports over all workers, by the clock of the database. */
@Injectable()
export class TransportRates {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transports: MailTransports,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('unused transport rates', () => this.purge());
  }

  /**
   * Takes one mail of the rate (GCRA, a token bucket with one row). Up to a second's worth of mails may go at once.
   *
   * @returns 0 if the mail may be sent now; else milliseconds until its turn, after the other waiting mails
   */
  async take(settings: TransportSettings): Promise<number> {
    if (settings.rate === undefined) return 0;
    const interval = 1 / settings.rate;
    const burst = Math.max(0, Math.floor(settings.rate) - 1) * interval;
    const key = this.transports.accountKey(settings);
    const seconds = (parameter: string): string => `make_interval(secs => ${parameter})`;
    const isFree = `t.next <= statement_timestamp() + ${seconds('$3')}`;
    const rows = await this.dataSource.query<[{ is_granted: boolean; milliseconds: number }]>(
      `insert into transport_rate as t (key, next, queue_ends, is_granted)
       values ($1, statement_timestamp() + ${seconds('$2')}, statement_timestamp(), true)
       on conflict (key) do update set
         is_granted = ${isFree},
         next = case when ${isFree} then greatest(t.next, statement_timestamp()) + ${seconds('$2')} else t.next end,
         queue_ends = case when ${isFree} then t.queue_ends
           else greatest(t.queue_ends + ${seconds('$2')}, t.next - ${seconds('$3')}, statement_timestamp()) end
       returning is_granted, 1000 * extract(epoch from queue_ends - statement_timestamp())::float as milliseconds`,
      [key, interval, burst],
    );
    const [{ is_granted: isGranted, milliseconds }] = rows;
    return isGranted ? 0 : Math.max(1, milliseconds);
  }

  private async purge(): Promise<number> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `delete from transport_rate where greatest(next, queue_ends) < now() - interval '1 day'`,
    );
    return count;
  }
}
