import { setImmediate } from 'node:timers/promises';

import { limits } from '../limits.js';

/** The mail or page takes more than it may (`limits`). */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

/**
 * What is left of the time and the characters that one mail or page may cost. Only work counts, not waiting: none
 * fails because the disk is slow or the process has much else to do.
 *
 * LiquidJS asks it before every node (`check`) and whenever it makes something new (`use`).
 */
export class WorkBudget {
  private spent = 0;
  private turnStarted: number;
  private produced = 0;

  /** @param clock milliseconds since any moment */
  constructor(
    private readonly maximum: number = limits.time,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.turnStarted = clock();
  }

  /**
   * @param now what the clock says
   * @throws BudgetError if the time is used up
   */
  check(now = this.clock()): void {
    if (this.spent + now - this.turnStarted > this.maximum) {
      throw new BudgetError(`it takes more than ${this.maximum} ms to render`);
    }
  }

  /**
   * @param characters that are produced now
   * @throws BudgetError if those and the ones before are too many
   */
  use(characters: number): void {
    this.produced += characters;
    if (this.produced > limits.produced) {
      throw new BudgetError(`it produces more than ${limits.produced} characters on its way`);
    }
  }

  /** Whether everything else in the process should get its turn now. */
  get isDue(): boolean {
    return this.clock() - this.turnStarted > limits.turn;
  }

  /** Lets everything else in the process have its turn. */
  async pause(): Promise<void> {
    await this.waitFor(setImmediate());
  }

  /** Waits for something that is not work of this rendering. */
  async waitFor<T>(something: Promise<T>): Promise<T> {
    this.spent += this.clock() - this.turnStarted;
    try {
      return await something;
    } finally {
      this.turnStarted = this.clock();
    }
  }
}
