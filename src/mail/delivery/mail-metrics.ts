import { Injectable } from '@nestjs/common';
import { Counter, Histogram, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';

interface StateCount {
  readonly state: string;
  readonly count: number;
}

/** Milliseconds that the counts of finished messages are cached: there are many of them, and they change slowly. */
const finishedCountTtlMs = 60_000;

/** Counts the attempts of this process, and reads the queue in the database. */
@Injectable()
export class MailMetrics {
  private readonly attempts = new Counter({
    name: 'mail_attempts_total',
    help: 'Delivery attempts by outcome.',
    labelNames: ['outcome'],
    registers: [],
  });

  private readonly seconds = new Histogram({
    name: 'mail_acceptance_duration_seconds',
    help: 'Seconds from queueing a mail to its acceptance by the mail server.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600, 3600, 86_400],
    registers: [],
  });

  private finishedCounts: { readonly until: number; readonly counts: Promise<StateCount[]> } | undefined;

  constructor(private readonly dataSource: DataSource) {}

  /** Registers the metrics of this process. */
  register(registry: Registry): void {
    registry.registerMetric(this.attempts);
    registry.registerMetric(this.seconds);
  }

  countAttempt(outcome: string): void {
    this.attempts.inc({ outcome });
  }

  /** @param seconds since the mail was queued */
  observeAcceptance(seconds: number): void {
    this.seconds.observe(seconds);
  }

  /** Returns the seconds by which the oldest waiting mail is overdue; 0 if none is. */
  async oldestWaiting(): Promise<number> {
    const [row] = await this.dataSource.query<{ age: number }[]>(
      `select coalesce(extract(epoch from now() - min(coalesce(lease_until, next_attempt))), 0)::float as age
         from "mail_message" where next_attempt is not null`,
    );
    return Math.max(0, row?.age ?? 0);
  }

  /** Returns current counts of waiting mails (by partial index) and cached counts of finished ones. */
  async countByState(): Promise<Map<string, number>> {
    const waiting = this.countWhere('next_attempt is not null');
    if (this.finishedCounts === undefined || this.finishedCounts.until < performance.now()) {
      const counts = this.countWhere('finished is not null');
      this.finishedCounts = { until: performance.now() + finishedCountTtlMs, counts };
      counts.catch(() => (this.finishedCounts = undefined));
    }
    const rows = (await Promise.all([waiting, this.finishedCounts.counts])).flat();
    return new Map(rows.map(({ state, count }) => [state, count]));
  }

  private countWhere(condition: string): Promise<StateCount[]> {
    return this.dataSource.query<StateCount[]>(
      `select state, count(*)::int as count from "mail_message" where ${condition} group by state`,
    );
  }
}
