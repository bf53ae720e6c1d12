import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';

/** Seconds between two runs. */
const interval = 600;

/** Works on a batch of rows, usually by deleting expired ones. @returns how many rows */
type Chore = () => Promise<number>;

/** What a chore does, for the log. */
interface Verb {
  readonly present: string;
  readonly past: string;
}

const deletes: Verb = { present: 'delete', past: 'deleted' };

/** Deletes expired rows every ten minutes, in worker processes. */
@Injectable()
export class Housekeeping implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Housekeeping');
  private readonly chores = new Map<string, { readonly chore: Chore; readonly verb: Verb }>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private isOver = false;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  /**
   * Registers a chore. It is repeated until it finds nothing: small batches hold no lock for long. Several processes may
   * run it at the same time.
   *
   * @param what its name in the log
   */
  register(what: string, chore: Chore, verb = deletes): void {
    this.chores.set(what, { chore, verb });
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
      for (const [what, { chore, verb }] of this.chores) await this.do(what, chore, verb);
    });
    return this.round;
  }

  private async do(what: string, chore: Chore, { present, past }: Verb): Promise<void> {
    try {
      let rows = 0;
      for (let batch = 1; batch > 0 && !this.isOver; rows += batch) batch = await chore();
      if (rows > 0) this.logger.log(`${past} ${rows} ${what}`);
    } catch (error) {
      this.logger.warn(`cannot ${present} ${what}: ${String(error)}`);
    }
  }
}
