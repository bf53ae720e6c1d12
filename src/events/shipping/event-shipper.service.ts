import { setTimeout as sleep } from 'node:timers/promises';

import {
  Inject,
  Injectable,
  Logger as NestLog,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type Logger, LOGGER } from '../../config/logger.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { select } from '../../rest/list/read-page.js';
import type { EventDto } from '../dto/event.dto.js';
import { Event } from '../event.entity.js';
import { eventColumns, eventResponse, type EventRow } from '../event.mapper.js';
import { type EventSink, eventSink } from './event-sinks.js';

/** Milliseconds between two looks for new events. */
const pollMs = 1000;

/** Seconds that a process has for a batch; then another process ships it again. */
const leaseSeconds = 60;

/** Seconds between two attempts at most. */
const maxBackoff = 300;

/**
 * Ships events to the webhook or the standard output, in worker processes: each at least once, and in the order in which
 * they were created. One process ships at a time. An event that is not taken is tried until it is.
 *
 * Jobs do not fit: they run in any order, and those of a dead process stay locked for hours.
 */
@Injectable()
export class EventShipper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new NestLog('Events');
  private readonly stopping = new AbortController();
  private readonly sink: EventSink | undefined;
  private work: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOGGER) logger: Logger,
    clock: DatabaseClock,
  ) {
    this.sink = eventSink(settings, logger, clock);
  }

  onApplicationBootstrap(): void {
    if (this.sink !== undefined && this.settings.role !== 'api') this.work = this.run(this.sink);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async run(sink: EventSink): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.shipWaiting(sink).catch((error: unknown) => {
        if (!signal.aborted) this.logger.warn(`cannot ship events: ${String(error)}`);
      });
      await sleep(pollMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Ships what is waiting, if no other process does and no pause lasts. */
  private async shipWaiting(sink: EventSink): Promise<void> {
    const { signal } = this.stopping;
    let failures = await this.claim();
    if (failures === undefined) return;
    let pause = 0;
    try {
      for (;;) {
        const events = await this.waiting(sink.batch);
        if (events.length === 0 || signal.aborted) break;
        await sink.ship(events, signal);
        await this.record(events);
        failures = 0;
      }
    } catch (error) {
      if (!signal.aborted) {
        failures += 1;
        pause = Math.min(maxBackoff, 2 ** (failures - 1));
        const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
        this.logger.warn(`cannot ship events to ${sink.name}, next attempt in ${pause} s: ${reason}`);
      }
    }
    await this.dataSource.query(
      `update "event_shipping" set not_before = now() + $1 * interval '1 second', failures = $2`,
      [pause, failures],
    );
  }

  /** Takes the lease. @returns the number of failed attempts in a row; undefined if another process has the lease */
  private async claim(): Promise<number | undefined> {
    const [rows] = await this.dataSource.query<[{ failures: number }[], number]>(
      `update "event_shipping" set not_before = now() + $1 * interval '1 second'
        where not_before <= now() returning failures`,
      [leaseSeconds],
    );
    return rows[0]?.failures;
  }

  private async waiting(limit: number): Promise<EventDto[]> {
    const oldest = this.dataSource.manager
      .createQueryBuilder(Event, 'event')
      .where('event.shipped is null')
      .orderBy('event.created')
      .addOrderBy('event.pk')
      .limit(limit);
    const rows = await select(oldest, eventColumns).getRawMany<EventRow>();
    return rows.map(eventResponse(this.settings.eventRetention));
  }

  /** Marks events as shipped, and extends the lease. */
  private async record(events: readonly EventDto[]): Promise<void> {
    await this.dataSource.query(
      `with shipped as (update "event" set shipped = now() where event_uuid = any($1))
       update "event_shipping" set not_before = now() + $2 * interval '1 second'`,
      [events.map(({ pk }) => pk), leaseSeconds],
    );
  }
}
