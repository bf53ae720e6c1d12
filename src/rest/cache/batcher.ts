import { setTimeout as sleep } from 'node:timers/promises';

interface Call<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions {
  /** Items per batch at most; 100 by default. */
  readonly maxItems?: number;
  /** Milliseconds to wait for more items after a batch of several; 0 by default. */
  readonly gatherMs?: number;
  /** Errors that concern the whole batch, such as a lost connection: its items are not tried one by one. */
  readonly failsAll?: (error: unknown) => boolean;
}

/**
 * Coalesces concurrent calls into batches: calls that arrive during a batch form the next one. A single call never waits
 * for others.
 */
export class Batcher<Item, Result> {
  private waiting: Call<Item, Result>[] = [];
  private isBusy = false;

  /** @param work processes a batch and returns one result per item, in the same order */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly options: BatchOptions = {},
  ) {}

  /** Processes one item. Rejects if this item cannot be processed, or if the whole batch failed. */
  run(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      // Calls of the same turn of the event loop join the batch.
      setImmediate(() => void this.processAll());
    });
  }

  private async processAll(): Promise<void> {
    const { maxItems = 100, gatherMs = 0 } = this.options;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, maxItems);
      await this.process(batch);
      if (gatherMs > 0 && batch.length > 1 && this.waiting.length < maxItems) await sleep(gatherMs);
    }
    this.isBusy = false;
  }

  private async process(calls: readonly Call<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(calls.map(({ item }) => item));
      calls.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (calls.length === 1 || this.options.failsAll?.(error) === true) {
        for (const { reject } of calls) reject(error);
        return;
      }
      // One bad item must not fail the others.
      for (const call of calls) await this.process([call]);
    }
  }
}
