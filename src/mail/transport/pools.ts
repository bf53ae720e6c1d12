/** What is kept for a set of settings. */
export interface Closable {
  /** Closes it; what is under way ends first. */
  close(): void;
}

/** How much is kept, and how long. */
export interface Bounds {
  readonly most: number;
  /** Milliseconds without use after which one is closed. */
  readonly idle: number;
}

interface Entry<T> {
  readonly pool: T;
  readonly account: string;
  readonly timer: NodeJS.Timeout;
}

/** Keeps a bounded number of pools. The least recently used one goes first, and one that nobody uses goes by itself. */
export class Pools<T extends Closable> {
  /** By key; the one used last is the last one. */
  private readonly entries = new Map<string, Entry<T>>();

  constructor(private readonly bounds: Bounds) {}

  /**
   * The pool for a set of settings, made if there is none.
   *
   * @param key differs for any two sets of settings
   * @param account differs for any two sets of settings, apart from those that only their secret tells apart: such a
   *   one has been replaced, and its pool is closed
   */
  get(key: string, account: string, make: () => T): T {
    const known = this.entries.get(key);
    if (known !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, known);
      known.timer.refresh();
      return known.pool;
    }
    for (const [other, entry] of this.entries) if (entry.account === account) this.drop(other);
    for (const [oldest] of this.entries) {
      if (this.entries.size < this.bounds.most) break;
      this.drop(oldest);
    }
    const timer = setTimeout(() => this.drop(key), this.bounds.idle).unref();
    const pool = make();
    this.entries.set(key, { pool, account, timer });
    return pool;
  }

  /** Those that are kept now. */
  all(): T[] {
    return [...this.entries.values()].map(({ pool }) => pool);
  }

  /** Closes all of them. */
  clear(): void {
    for (const key of this.entries.keys()) this.drop(key);
  }

  private drop(key: string): void {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    clearTimeout(entry?.timer);
    entry?.pool.close();
  }
}
