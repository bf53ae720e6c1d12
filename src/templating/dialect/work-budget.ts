import { limits } from '../limits.js';

/** The mail or page takes more than it may (`limits`). */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

/** Milliseconds since any moment. */
type Clock = () => number;

/**
 * What is left of the time and the characters that one mail or page may cost. Only work counts, not waiting: none
 * fails because the disk is slow, or because process or machine have much else to do.
 *
 * LiquidJS asks it before every node (`check`) and whenever it makes something new (`use`).
 */
export class WorkBudget {
  private spent = 0;
  private turnStarted = 0;
  private produced = 0;
  private readonly clock: Clock;
  private counting: Clock;

  /**
   * @param clock of the wall
   * @param processor the time that the processor has worked for this process; takes longer to ask
   */
  constructor(
    private readonly maximum: number = limits.time,
    clock: Clock = () => performance.now(),
    private readonly processor: Clock = processorTime,
  ) {
    this.clock = clock;
    this.counting = clock;
  }

  /**
   * Work begins, or goes on.
   *
   * @param now what the clock of the wall says
   */
  resume(now = this.clock()): void {
    this.turnStarted = this.counting === this.clock ? now : this.processor();
  }

  /** Work ends, or waits for something. */
  suspend(): void {
    this.spent += this.counting() - this.turnStarted;
  }

  /**
   * @param now what the clock of the wall says
   * @throws BudgetError if the time is used up
   */
  check(now = this.clock()): void {
    const isWall = this.counting === this.clock;
    if (this.spent + (isWall ? now : this.counting()) - this.turnStarted <= this.maximum) return;
    if (!isWall) throw new BudgetError(`it takes more than ${this.maximum} ms to render`);
    // A machine with much else to do looks the same. From here on only time counts that it worked for this process.
    this.counting = this.processor;
    this.spent = 0;
    this.resume();
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

  /** Waits for something that is not work of this rendering. */
  async waitFor<T>(something: Promise<T>): Promise<T> {
    this.suspend();
    try {
      return await something;
    } finally {
      this.resume();
    }
  }
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
