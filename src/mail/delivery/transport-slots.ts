import { randomUUID } from 'node:crypto';

import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import type { TransportSettings } from '../transport/mail-transport.js';
import { MailTransports } from '../transport/mail-transports.js';

/** Gives a slot back. */
export type Release = () => Promise<void>;

/** Holds the concurrency of transports over all workers, with leases by the clock of the database. */
@Injectable()
export class TransportSlots implements OnModuleDestroy {
  private readonly logger = new Logger('Mail');
  private readonly held = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly transports: MailTransports,
  ) {
    this.timer = setInterval(() => void this.extend(), (settings.mailLease / 3) * 1000).unref();
  }

  /** Takes a slot of a transport. @returns undefined if all of them are in use */
  async take(settings: TransportSettings): Promise<Release | undefined> {
    const { concurrency } = settings;
    if (concurrency === undefined) return () => Promise.resolve();
    const key = this.transports.accountKey(settings);
    const holder = randomUUID();
    if (!(await this.lease(key, concurrency, holder))) {
      // The first use, or more slots than before.
      await this.dataSource.query(
        `insert into transport_slot (key, number, holder, lease_until)
         select $1, number, $3, '-infinity' from generate_series(1, $2::integer) number on conflict do nothing`,
        [key, concurrency, holder],
      );
      if (!(await this.lease(key, concurrency, holder))) return undefined;
    }
    this.held.add(holder);
    return () => this.release(holder);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private async lease(key: string, concurrency: number, holder: string): Promise<boolean> {
    const [, count] = await this.dataSource.query<[unknown, number]>(
      `update transport_slot slot set holder = $3, lease_until = now() + $4 * interval '1 second'
         from (select key, number from transport_slot
                where key = $1 and number <= $2 and lease_until < now()
                order by number limit 1 for update skip locked) free
        where slot.key = free.key and slot.number = free.number`,
      [key, concurrency, holder, this.settings.mailLease],
    );
    return count === 1;
  }

  /** A slot that cannot be released is free when its lease ends. */
  private async release(holder: string): Promise<void> {
    this.held.delete(holder);
    try {
      await this.dataSource.query(`update transport_slot set lease_until = '-infinity' where holder = $1`, [holder]);
    } catch (error) {
      this.logger.warn(`cannot release a slot of a transport: ${String(error)}`);
    }
  }

  private async extend(): Promise<void> {
    if (this.held.size === 0) return;
    try {
      await this.dataSource.query(
        `update transport_slot set lease_until = now() + $2 * interval '1 second' where holder = any($1::uuid[])`,
        [[...this.held], this.settings.mailLease],
      );
    } catch (error) {
      this.logger.warn(`cannot extend the slots of transports: ${String(error)}`);
    }
  }
}
