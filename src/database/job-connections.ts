import { Pool, type PoolClient, type PoolConfig, type QueryConfig, type QueryResult } from 'pg';

import { DatabaseClient } from './database-client.js';
import { retryTransient } from './transient-errors.js';

type OnConnect = (error: Error | undefined, client: PoolClient | undefined, done: (broken?: boolean) => void) => void;

/**
 * Connection pool for graphile-worker, whose runner ends when a statement fails. Here statements are retried after
 * transient errors. Each statement stands alone and may be repeated: fetch, complete and return jobs.
 */
export class JobConnections extends Pool {
  private readonly stopping = new AbortController();

  constructor(config: PoolConfig) {
    super({ ...config, Client: DatabaseClient });
  }

  /** Returns a client that takes a connection per statement. Only the listening client keeps one. */
  override connect(): Promise<PoolClient>;
  override connect(callback: OnConnect): void;
  override connect(callback?: OnConnect): Promise<PoolClient> | undefined {
    if (callback !== undefined) {
      super.connect(callback);
      return undefined;
    }
    const client = { query: (statement: QueryConfig) => this.ask(statement), release: () => undefined };
    // graphile-worker uses only this method.
    return Promise.resolve(client as unknown as PoolClient);
  }

  /**
   * Stops waiting for a lost database. Jobs that could not be completed or returned stay locked by this process; the
   * owners of the rows that the jobs are about find them.
   */
  giveUp(): void {
    this.stopping.abort();
  }

  private async ask(statement: QueryConfig): Promise<Pick<QueryResult, 'rows'>> {
    const { signal } = this.stopping;
    try {
      return await retryTransient(() => this.query(statement), signal);
    } catch (error) {
      if (signal.aborted) return { rows: [] };
      throw error;
    }
  }
}
