import { limits } from '../limits.js';

/** A mail or page exceeds one of the `limits`. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
}

/** Returns milliseconds since an arbitrary moment. */
type Clock = () => number;

/**
 * The remaining time and characters of one mail or page. Only work counts, not waiting: a slow disk or a busy machine
 * makes no rendering fail.
 *
 * LiquidJS calls it before every node (`check`) and for every new value (`use`).
 */
export class WorkBudget {
  private spent = 0;
  private turnStarted = 0;
  private produced = 0;
  private readonly clock: Clock;
  private counting: Clock;

  /**
   * @param clock wall clock
   * @param processor CPU time of this process; slower to read
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
   * Starts or resumes counting.
   *
   * @param now wall-clock time
   */
  resume(now = this.clock()): void {
    this.turnStarted = this.counting === this.clock ? now : this.processor();
  }

  /** Stops counting. */
  suspend(): void {
    this.spent += this.counting() - this.turnStarted;
  }

  /**
   * @param now wall-clock time
   * @throws BudgetError if the time is used up
   */
  check(now = this.clock()): void {
    const isWall = this.counting === this.clock;
    if (this.spent + (isWall ? now : this.counting()) - this.turnStarted <= this.maximum) return;
    if (!isWall) throw new BudgetError(`it takes more than ${this.maximum} ms to render`);
    // A busy machine looks the same. From here on only the CPU time of this process counts.
    this.counting = this.processor;
    this.spent = 0;
    this.resume();
  }

  /**
   * @param characters the number of new characters
   * @throws BudgetError if the total exceeds the limit
   */
  use(characters: number): void {
    this.produced += characters;
    if (this.produced > limits.produced) {
      throw new BudgetError(`it produces more than ${limits.produced} characters`);
    }
  }

  /** Awaits a promise without counting the time. */
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
