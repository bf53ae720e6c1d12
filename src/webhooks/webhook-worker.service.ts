import { setTimeout as sleep } from 'node:timers/promises';

import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { Housekeeping } from '../database/housekeeping.js';
import { secondsToNextAttempt } from './retry-schedule.js';
import { WebhookMetrics } from './webhook-metrics.js';
import { type AttemptResult, type DueDelivery, isTaken, type Receiver } from './webhook-receivers.js';
import { WebhookSender } from './webhook-sender.js';
import { type NextState, WebhookStore } from './webhook-store.js';

/** Milliseconds between two looks for deliveries that are due. */
const pollMs = 500;

/** Receivers that a process sends to at a time. */
const maxReceivers = 20;

/** Deliveries of a receiver that are sent at a time. */
const batchSize = 20;

/** Seconds for which a receiver is left alone that has taken none of several deliveries. */
const pauseSeconds = 5;

const gone = 410;

/**
 * Sends deliveries in worker processes: each at least once, always with the id of its event. The deliveries of a receiver
 * are sent by one process at a time, those of a subject in the order of their events unless one has to be repeated.
 *
 * Jobs do not fit: a receiver that does not answer would take the place of mails, and one job for an endpoint, which every
 * event would add, would have all transactions wait for each other.
 */
@Injectable()
export class WebhookWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Webhooks');
  private readonly stopping = new AbortController();
  private readonly aborting = new AbortController();
  /** Work by the key of its receiver. */
  private readonly active = new Map<string, Promise<void>>();
  private work: Promise<void> | undefined;
  private isAway = false;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly store: WebhookStore,
    private readonly sender: WebhookSender,
    private readonly metrics: WebhookMetrics,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old events of webhooks', () => store.purge(settings.webhookRetention));
  }

  onApplicationBootstrap(): void {
    if (this.settings.role !== 'api') this.work = this.run();
  }

  /** Finishes deliveries in flight, for SHUTDOWN_TIMEOUT at most; other workers send the rest. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    const abort = (): void => this.aborting.abort(new Error('The service is shutting down.'));
    const timer = setTimeout(abort, this.settings.shutdownTimeout * 1000);
    await this.work;
    await Promise.all(this.active.values());
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    while (!this.isStopping()) {
      try {
        while (this.active.size < maxReceivers && !this.isStopping()) {
          const receivers = await this.store.claim();
          this.isAway = false;
          if (receivers.length === 0) break;
          receivers.forEach((receiver) => this.start(receiver));
        }
      } catch (error) {
        // Once for each time that the database is away.
        if (!this.isStopping() && !this.isAway) this.logger.warn(`cannot look for deliveries: ${String(error)}`);
        this.isAway = true;
      }
      await sleep(pollMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private start(receiver: Receiver): void {
    const work = this.sendWaiting(receiver)
      // Its lease ends by itself, and a worker tries again.
      .catch((error: unknown) => this.logger.warn(`cannot deliver to ${hostOf(receiver)}: ${String(error)}`))
      .finally(() => this.active.delete(receiver.pk));
    this.active.set(receiver.pk, work);
  }

  /** Sends what is waiting for a receiver, until nothing is or it takes nothing. */
  private async sendWaiting(claimed: Receiver): Promise<void> {
    let receiver: Receiver | undefined = claimed;
    while (receiver !== undefined) {
      // One delivery finds out whether a receiver that has failed is there again.
      const limit = receiver.isFailing ? 1 : batchSize;
      const due = this.isStopping() ? [] : await this.store.due(receiver, limit);
      if (due.length === 0) return this.store.release(receiver, 0);
      if (!(await this.sendBatch(receiver, due))) return this.store.release(receiver, pauseSeconds);
      receiver = await this.store.renew(receiver);
    }
  }

  /** @returns whether the receiver has taken a delivery */
  private async sendBatch(receiver: Receiver, due: readonly DueDelivery[]): Promise<boolean> {
    const { signal } = this.aborting;
    const results = await Promise.all(
      due.map(async (delivery) => {
        const result = await this.sender.send(receiver, delivery.event, signal);
        // The receiver may have taken it. It is sent again, with the same id.
        if (signal.aborted && result.status === null) return result;
        await this.store.record(delivery.pk, result, nextState(delivery, result));
        this.metrics.countAttempt(outcomeOf(result));
        return result;
      }),
    );
    const isTaking = results.some(isTaken);
    if (isTaking) await this.store.succeeded(receiver);
    else if (!signal.aborted) await this.store.failed(receiver);
    if (results.some(({ status }) => status === gone)) {
      await this.store.disable(receiver, `The receiver answered with status ${gone}.`);
    }
    return isTaking;
  }
}

function outcomeOf(result: AttemptResult): 'delivered' | 'refused' | 'unreachable' {
  if (result.status === null) return 'unreachable';
  return isTaken(result) ? 'delivered' : 'refused';
}

function nextState({ failures, age }: DueDelivery, result: AttemptResult): NextState {
  if (isTaken(result)) return { state: 'delivered' };
  if (result.status === gone) return { state: 'failed' };
  const seconds = secondsToNextAttempt(failures + 1, age, Math.random());
  return seconds === undefined ? { state: 'failed' } : { state: 'pending', seconds };
}

/** For the log. The path may contain a secret. Never throws: an error in the handler of an error would end the process. */
function hostOf({ kind, pk, url }: Receiver): string {
  return URL.canParse(url) ? new URL(url).host : `the ${kind} ${pk}`;
}
