import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';

import { NodeRegistry } from '../database/node-registry.js';
import { MailMetrics } from '../mail/delivery/mail-metrics.js';
import { messageStates } from '../mail/outbox/message-states.js';
import { WebhookStore } from '../webhooks/webhook-store.js';

/** Milliseconds after which a database that does not answer counts as away, below the time-out of most scrapers. */
const answerMs = 5000;

/** Result of one query for the metrics. */
interface Reading {
  readonly isUp: boolean;
  /** Undefined in all processes but one, and if the database is away. */
  readonly mails?: { readonly counts: ReadonlyMap<string, number>; readonly oldest: number };
  readonly webhooks?: { readonly pending: number; readonly overdue: number };
}

/**
 * Metrics of the database. Those of the whole installation are reported by one process only, so that sums over all processes
 * are right and the others do not run their statements.
 */
@Injectable()
export class DatabaseMetrics {
  private reading: Promise<Reading> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly nodes: NodeRegistry,
    private readonly mail: MailMetrics,
    private readonly webhooks: WebhookStore,
  ) {}

  register(registry: Registry): void {
    const registers = [registry];
    const pool = (): Pool => (this.dataSource.driver as unknown as { master: Pool }).master;
    new Gauge({
      name: 'database_pool_connections',
      help: 'Connections of the database pool, and callers waiting for one.',
      labelNames: ['state'],
      registers,
      collect() {
        const { totalCount, idleCount, waitingCount } = pool();
        this.set({ state: 'busy' }, totalCount - idleCount);
        this.set({ state: 'idle' }, idleCount);
        this.set({ state: 'waiting' }, waitingCount);
      },
    });
    const read = (): Promise<Reading> => this.read();
    new Gauge({
      name: 'database_up',
      help: 'Whether the database answers this process: 1 or 0.',
      registers,
      async collect() {
        this.set((await read()).isUp ? 1 : 0);
      },
    });
    new Gauge({
      name: 'mail_messages',
      help: 'Mails of the installation by state, from one process. Counts of finished mails are up to a minute old.',
      labelNames: ['state'],
      registers,
      async collect() {
        const { mails } = await read();
        this.reset();
        if (mails !== undefined) for (const state of messageStates) this.set({ state }, mails.counts.get(state) ?? 0);
      },
    });
    new Gauge({
      name: 'mail_oldest_waiting_seconds',
      help: 'Seconds by which the oldest waiting mail of the installation is overdue, from one process.',
      registers,
      async collect() {
        const { mails } = await read();
        if (mails === undefined) this.remove();
        else this.set(mails.oldest);
      },
    });
    new Gauge({
      name: 'webhook_deliveries_pending',
      help: 'Deliveries to enabled webhooks that wait for an attempt, of the installation, from one process.',
      registers,
      async collect() {
        const { webhooks } = await read();
        if (webhooks === undefined) this.remove();
        else this.set(webhooks.pending);
      },
    });
    new Gauge({
      name: 'webhook_oldest_waiting_seconds',
      help: 'Seconds by which the oldest of these deliveries is overdue, from one process.',
      registers,
      async collect() {
        const { webhooks } = await read();
        if (webhooks === undefined) this.remove();
        else this.set(webhooks.overdue);
      },
    });
  }

  /** Looks at the database once for all metrics of a scrape. */
  private read(): Promise<Reading> {
    const away: Reading = { isUp: false };
    this.reading ??= Promise.race([
      this.readDatabase().catch(() => away),
      sleep(answerMs, away, { ref: false }),
    ]).finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readDatabase(): Promise<Reading> {
    if (!(await this.nodes.isFirst())) return { isUp: true };
    const [counts, oldest, webhooks] = await Promise.all([
      this.mail.countByState(),
      this.mail.oldestWaiting(),
      this.webhooks.backlog(),
    ]);
    return { isUp: true, mails: { counts, oldest }, webhooks };
  }
}
