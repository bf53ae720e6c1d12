import { Injectable } from '@nestjs/common';
import { Counter, type Registry } from 'prom-client';

/** Counts the attempts of this process to deliver events. */
@Injectable()
export class WebhookMetrics {
  private readonly attempts = new Counter({
    name: 'webhook_attempts_total',
    help: 'Attempts to deliver events to webhooks, by outcome: delivered, refused or unreachable.',
    labelNames: ['outcome'],
    registers: [],
  });

  /** Registers the metrics of this process. */
  register(registry: Registry): void {
    registry.registerMetric(this.attempts);
  }

  countAttempt(outcome: 'delivered' | 'refused' | 'unreachable'): void {
    this.attempts.inc({ outcome });
  }
}
