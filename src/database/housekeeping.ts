import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';

/** Seconds between two rounds. */
const interval = 600;

/** Deletes a batch of what is kept no longer, and says how many there were. */
type Chore = () => Promise<number>;

/** Has what is kept no longer deleted, every ten minutes, by the processes that are workers. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Housekeeping');
  private readonly chores = new Map<string, Chore>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /**
   * Adds a chore. It is done again until it finds nothing more: small batches keep nobody waiting. Several processes
   * may do it at the same time.
   *
   * @param what names it in the log
   */
  register(what: string, chore: Chore): void {
    this.chores.set(what, chore);
  }

  onApplicationBootstrap(): void {
    if (this.settings.role === 'api') return;
    this.timer = setInterval(() => void this.doEverything(), interval * 1000).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.isOver = true;
    clearInterval(this.timer);
    await this.round;
  }

  /** Does every chore. One that fails is logged, and keeps no other from being done. */
  doEverything(): Promise<void> {
    // One round after the other, however long one takes.
    this.round = this.round.then(async () => {
      for (const [what, chore] of this.chores) await this.do(what, chore);
    });
    return this.round;
  }

  private async do(what: string, chore: Chore): Promise<void> {
    try {
      let deleted = 0;
      for (let batch = 1; batch > 0 && !this.isOver; deleted += batch) batch = await chore();
      if (deleted > 0) this.logger.log(`deleted ${deleted} ${what}`);
    } catch (error) {
      this.logger.warn(`cannot delete ${what}: ${String(error)}`);
    }
  }
}
