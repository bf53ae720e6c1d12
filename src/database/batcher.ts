import { isOutage } from './outage.js';

interface Request<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Has one statement serve many callers: what is asked for while one is under way is done together by the next one. A
 * caller who is alone waits for nobody.
 */
export class Batcher<Item, Result> {
  private waiting: Request<Item, Result>[] = [];
  private isBusy = false;

  /**
   * @param work does it for some items at once, and gives a result for each, in their order
   * @param most items at once
   */
  constructor(
    private readonly work: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly most = 100,
  ) {}

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
    while (this.waiting.length > 0) await this.settle(this.waiting.splice(0, this.most));
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
