/** A pool, as far as the cache is concerned. */
export interface Closable {
  /** Closes the pool after the current sends. */
  close(): void | Promise<void>;
}

/** Size and lifetime of a cache. */
export interface CacheLimits {
  readonly maxPools: number;
  /** Milliseconds without use after which a pool is closed. */
  readonly idleMs: number;
}

interface Entry<T> {
  readonly pool: T;
  readonly account: string;
  readonly timer: NodeJS.Timeout;
}

/** Bounded cache of pools, with eviction of the least recently used pool and of idle pools. */
export class PoolCache<T extends Closable> {
  /** By key, least recently used first. */
  private readonly entries = new Map<string, Entry<T>>();

  constructor(private readonly limits: CacheLimits) {}

  /**
   * Returns the pool for a set of settings; creates it if there is none.
   *
   * @param key of the settings, including the secret
   * @param account key of the settings without the secret. A pool of the same account with another key has an outdated
   *   secret and is closed
   */
  get(key: string, account: string, create: () => T): T {
    const known = this.entries.get(key);
    if (known !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, known);
      known.timer.refresh();
      return known.pool;
    }
    for (const [other, entry] of this.entries) if (entry.account === account) this.evict(other);
    for (const [oldest] of this.entries) {
      if (this.entries.size < this.limits.maxPools) break;
      this.evict(oldest);
    }
    const timer = setTimeout(() => this.evict(key), this.limits.idleMs).unref();
    const pool = create();
    this.entries.set(key, { pool, account, timer });
    return pool;
  }

  /** Returns all cached pools. */
  pools(): T[] {
    return [...this.entries.values()].map(({ pool }) => pool);
  }

  /** Closes all pools. */
  clear(): void {
    for (const key of this.entries.keys()) this.evict(key);
  }

  private evict(key: string): void {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    clearTimeout(entry?.timer);
    void entry?.pool.close();
  }
}
