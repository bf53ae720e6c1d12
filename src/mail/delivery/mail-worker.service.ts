import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { JobQueue } from '../../database/job-queue.js';
import { drainMs } from '../../database/job-worker.js';
import { MessageStore, sendMailTask } from '../outbox/message-store.js';
import { MailTransports } from '../transport/mail-transports.js';
import { DeliveryBatches } from './delivery-batches.js';
import { MailDelivery } from './mail-delivery.service.js';

/** Sends queued mails in worker processes. Any number of workers may run. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Mail');
  private readonly timers: NodeJS.Timeout[] = [];
  private lastFailure = -Infinity;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly jobs: JobQueue,
    private readonly store: MessageStore,
    private readonly delivery: MailDelivery,
    private readonly batches: DeliveryBatches,
    private readonly transports: MailTransports,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('old mails', () => store.purge(settings.mailRetention));
  }

  async onApplicationBootstrap(): Promise<void> {
    const { role, mailConcurrency, mailLease } = this.settings;
    if (role === 'api') return;
    const send = (payload: unknown): Promise<void> => this.delivery.deliver((payload as { message: string }).message);
    await this.jobs.work({ [sendMailTask]: send }, mailConcurrency);
    this.every(mailLease / 3, 'extend leases', () => this.store.extendLeases([...this.delivery.inFlight], mailLease));
    // After an outage, waits until every worker has recorded results and extended leases, so that no mail is sent
    // twice.
    this.every(mailLease / 2, 'rescue messages', async () => {
      if (performance.now() - this.lastFailure > mailLease * 1000) await this.store.rescue(mailLease);
    });
  }

  /**
   * Finishes mails in flight before connections close, for SHUTDOWN_TIMEOUT at most; the rest stays queued for other
   * workers. The jobs end only when their mails do, so the transports must abort those without waiting for the jobs.
   */
  async onModuleDestroy(): Promise<void> {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
    this.transports.stopInTime();
    const timer = setTimeout(() => this.batches.stopRetrying(), drainMs);
    await this.jobs.stop();
    clearTimeout(timer);
  }

  private every(seconds: number, what: string, work: () => Promise<unknown>): void {
    let isRunning = false;
    const timer = setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      work()
        .catch((error: unknown) => {
          this.lastFailure = performance.now();
          this.logger.warn(`cannot ${what}: ${String(error)}`);
        })
        .finally(() => (isRunning = false));
    }, seconds * 1000);
    this.timers.push(timer.unref());
  }
}
