/** Maximum number of running and waiting jobs. */
export interface QueueLimits {
  readonly running: number;
  readonly runningPerClient: number;
  readonly waiting: number;
  readonly waitingPerClient: number;
}

/** Thrown when the queue or the client's part of it is full. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

interface Job {
  readonly key: string | undefined;
  readonly start: () => void;
}

interface Client {
  running: number;
  readonly waiting: Job[];
}

/**
 * Keyed mutex with bounded concurrency, shared fairly between clients. Work with the same key runs one at a time. Each
 * client has a limited part of the places, and clients that wait are served in turn, so that one that sends many
 * requests delays only itself.
 */
export class FairQueue {
  /** Clients that have work; the one that was served last is at the end. */
  private readonly clients = new Map<string, Client>();
  private readonly busyKeys = new Set<string>();
  private running = 0;
  private waiting = 0;

  constructor(private readonly limits: QueueLimits) {}

  /**
   * Runs work as soon as its key, its client and the queue have a place for it.
   *
   * @param client the client that the job is counted for
   * @param key undefined: excludes no other work
   * @throws QueueFullError at once, if too much work waits
   */
  async run<T>(client: string, key: string | undefined, work: () => Promise<T>): Promise<T> {
    await this.acquire(client, key);
    try {
      return await work();
    } finally {
      this.release(client, key);
    }
  }

  private async acquire(name: string, key: string | undefined): Promise<void> {
    const client = this.clients.get(name) ?? { running: 0, waiting: [] };
    if (this.canStart(client, key)) {
      this.occupy(name, client, key);
      return;
    }
    const { waiting, waitingPerClient } = this.limits;
    if (this.waiting >= waiting || client.waiting.length >= waitingPerClient) throw new QueueFullError();
    this.clients.set(name, client);
    this.waiting += 1;
    await new Promise<void>((start) => client.waiting.push({ key, start }));
  }

  private release(name: string, key: string | undefined): void {
    const client = this.clients.get(name);
    if (client === undefined) throw new Error('a client with work in the queue has no entry');
    this.running -= 1;
    client.running -= 1;
    if (key !== undefined) this.busyKeys.delete(key);
    this.clients.delete(name);
    if (client.running > 0 || client.waiting.length > 0) this.clients.set(name, client);
    this.startNext();
  }

  /** Starts the oldest job of the client that was served longest ago, after a place was released. */
  private startNext(): void {
    for (const [name, client] of this.clients) {
      const index = client.waiting.findIndex(({ key }) => this.canStart(client, key));
      const [job] = index === -1 ? [] : client.waiting.splice(index, 1);
      if (job === undefined) continue;
      this.waiting -= 1;
      this.occupy(name, client, job.key);
      job.start();
      return;
    }
  }

  private canStart({ running }: Client, key: string | undefined): boolean {
    const hasPlace = this.running < this.limits.running && running < this.limits.runningPerClient;
    return hasPlace && (key === undefined || !this.busyKeys.has(key));
  }

  private occupy(name: string, client: Client, key: string | undefined): void {
    this.running += 1;
    client.running += 1;
    if (key !== undefined) this.busyKeys.add(key);
    this.clients.delete(name);
    this.clients.set(name, client);
  }
}
