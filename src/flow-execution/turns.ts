/**
 * Lets work be done one after the other where it has the same key, and only so much of it at a time. Who waits holds
 * nothing: a visitor with a hundred requests on the way keeps nobody else from getting a connection.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();
  private readonly waiting: (() => void)[] = [];
  private free: number;

  /** @param places how much is done at a time */
  constructor(places: number) {
    this.free = places;
  }

  /** @param key undefined: nothing else is like it */
  async take<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return this.inPlace(work);
    const before = this.last.get(key) ?? Promise.resolve();
    const mine = before.then(() => this.inPlace(work));
    const done = mine.catch(() => undefined);
    this.last.set(key, done);
    try {
      return await mine;
    } finally {
      if (this.last.get(key) === done) this.last.delete(key);
    }
  }

  private async inPlace<T>(work: () => Promise<T>): Promise<T> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free -= 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}
