import { setTimeout as sleep } from 'node:timers/promises';

import { isOutage } from './outage.js';

interface Request<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** How much is done together. */
interface BatchOptions {
  /** Items at once, at most. */
  readonly most?: number;
  /** Milliseconds that are waited for more after a statement that served several: more will come. */
  readonly gather?: number;
}

/**
 * Has one statement serve many callers: what is asked for while one is under way is done together by the next one. A
 * caller who is alone waits for nobody.
 */
export class Batcher<Item, Result> {
  private waiting: Request<Item, Result>[] = [];
  private isBusy = false;

  private readonly most: number;
  private readonly gather: number;

  /** @param work does it for some items at once, and gives a result for each, in their order */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    { most = 100, gather = 0 }: BatchOptions = {},
  ) {
    this.most = most;
    this.gather = gather;
  }

  /** Does it for one item. It fails if it cannot be done for this very item, or if the database is away. */
  do(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.isBusy) return;
      this.isBusy = true;
      // Whatever else is asked for in this turn of the event loop comes along.
      setImmediate(() => void this.workOff());
    });
  }

  private async workOff(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.most);
      await this.settle(batch);
      if (this.gather > 0 && batch.length > 1 && this.waiting.length < this.most) await sleep(this.gather);
    }
    this.isBusy = false;
  }

  private async settle(requests: readonly Request<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(requests.map(({ item }) => item));
      requests.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (requests.length === 1 || isOutage(error)) {
        for (const { reject } of requests) reject(error);
        return;
      }
      // One that cannot be done must not take the others with it.
      for (const request of requests) await this.settle([request]);
    }
  }
}
