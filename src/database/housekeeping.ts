import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';

/** Seconds between two runs. */
const interval = 600;

/** Deletes a batch of expired rows. @returns how many rows were deleted */
type Chore = () => Promise<number>;

/** Deletes expired rows every ten minutes, in worker processes. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Housekeeping');
  private readonly chores = new Map<string, Chore>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /**
   * Registers a chore. It is repeated until it deletes nothing: small batches hold no lock for long. Several processes may
   * run it at the same time.
   *
   * @param what its name in the log
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

  /** Runs every chore. A failure is logged, and does not stop the others. */
  doEverything(): Promise<void> {
    // Runs never overlap, however long one takes.
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
