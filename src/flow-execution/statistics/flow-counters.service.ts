import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { DatabaseClock } from '../../database/database-clock.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { startHourOf } from './run-id.js';
import type { RunEvent } from './run-progress.js';

/** Seconds between two writes of a process. */
const interval = 5;

/** Days that counters are kept: the longest period of the statistics. */
export const retentionDays = 100;

/** Counters that a process keeps while the database takes none; others are dropped. */
const mostWaiting = 10_000;

/** A counter in memory. */
interface Counter {
  readonly flow: string;
  readonly step: string;
  /** In milliseconds since 1970. */
  readonly hour: number;
  reached: number;
  passed: number;
}

/**
 * Counts the steps of runs in memory, and adds them to the table every few seconds in one statement: requests of visitors
 * neither write nor wait for a counter. A process that dies loses the counts of these seconds.
 */
@Injectable()
export class FlowCounters implements OnModuleDestroy {
  private readonly logger = new Logger('FlowCounters');
  private waiting = new Map<string, Counter>();
  private writing: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: DatabaseClock,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old statistics of flows', () => this.purge());
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  /** Counts the events of a request whose transaction was committed. */
  add(events: readonly RunEvent[]): void {
    for (const { flow, execution, step, kind } of events) {
      this.merge({ flow, step, hour: startHourOf(execution, this.clock.now()), reached: 0, passed: 0, [kind]: 1 });
    }
    if (this.waiting.size > 0) this.timer ??= setTimeout(() => void this.flush(), interval * 1000).unref();
  }

  /** Writes what was counted. If the database does not take it, the next call tries again. Never throws. */
  flush(): Promise<void> {
    // Never two at a time, so that a failed one is not counted twice.
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.size === 0) return;
    const counters = [...this.waiting.values()];
    this.waiting = new Map();
    try {
      // In the order of the keys, so that two processes do not deadlock. Without flows that were deleted meanwhile.
      await this.dataSource.query(
        `insert into "flow_statistic" (flow_uuid, step, hour, reached, passed)
         select f.flow_uuid, step, to_timestamp(hour / 1000), reached, passed
           from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::int[], $5::int[])
                  as counted (flow_uuid, step, hour, reached, passed)
           join "flow" f using (flow_uuid)
          order by 1, 2, 3
         on conflict (flow_uuid, step, hour) do update
            set reached = flow_statistic.reached + excluded.reached, passed = flow_statistic.passed + excluded.passed`,
        [
          counters.map(({ flow }) => flow),
          counters.map(({ step }) => step),
          counters.map(({ hour }) => hour),
          counters.map(({ reached }) => reached),
          counters.map(({ passed }) => passed),
        ],
      );
    } catch (error) {
      this.logger.warn(`cannot write statistics of flows: ${String(error)}`);
      for (const counter of counters) this.merge(counter);
    }
  }

  private merge(counted: Counter): void {
    const key = [counted.flow, counted.step, counted.hour].join(' ');
    const counter = this.waiting.get(key);
    if (counter !== undefined) {
      counter.reached += counted.reached;
      counter.passed += counted.passed;
    } else if (this.waiting.size < mostWaiting) {
      this.waiting.set(key, { ...counted });
    }
  }

  private async purge(): Promise<number> {
    const [, deleted] = await this.dataSource.query<[unknown[], number]>(
      `delete from "flow_statistic" where ctid = any(array(
         select ctid from "flow_statistic" where hour < now() - $1 * interval '1 day' limit 500
       ))`,
      [retentionDays],
    );
    return deleted;
  }
}
