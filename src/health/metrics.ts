import { Injectable, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

import { DatabaseClock } from '../database/database-clock.js';
import { JobQueue } from '../database/job-queue.js';
import { EventStreams } from '../event-stream/event-streams.service.js';
import { MailMetrics } from '../mail/delivery/mail-metrics.js';
import type { ServedRequest } from '../rest/http/request-log.js';
import { WebhookMetrics } from '../webhooks/webhook-metrics.js';
import { DatabaseMetrics } from './database-metrics.js';

/** Prometheus metrics of this process. */
@Injectable()
export class Metrics implements OnModuleInit {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Duration of HTTP requests in seconds.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  constructor(
    private readonly database: DatabaseMetrics,
    private readonly mail: MailMetrics,
    private readonly webhooks: WebhookMetrics,
    private readonly streams: EventStreams,
    private readonly jobs: JobQueue,
    private readonly clock: DatabaseClock,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.registry });
    // Sums of other metrics, with the suffix of counters.
    for (const name of ['handles', 'requests', 'resources'])
      this.registry.removeSingleMetric(`nodejs_active_${name}_total`);
    this.mail.register(this.registry);
    this.webhooks.register(this.registry);
    this.streams.register(this.registry);
    const silence = (): number => this.jobs.secondsSinceWork ?? 0;
    new Gauge({
      name: 'jobs_silence_seconds',
      help: 'Seconds since this process fetched jobs or ended one; 0 if it runs none.',
      registers: [this.registry],
      collect() {
        this.set(silence());
      },
    });
    const skew = (): number => this.clock.skew;
    new Gauge({
      name: 'clock_skew_seconds',
      help: "Seconds by which the clock of this machine is ahead of the database server's.",
      registers: [this.registry],
      collect() {
        this.set(skew());
      },
    });
    this.database.register(this.registry);
  }

  observe({ method, route, status, milliseconds }: ServedRequest): void {
    this.requests.observe({ method, route, status: String(status) }, milliseconds / 1000);
  }
}
