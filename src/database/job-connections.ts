import { Pool, type PoolClient, type QueryConfig, type QueryResult } from 'pg';

import { throughOutage } from './outage.js';

type OnConnect = (error: Error | undefined, client: PoolClient | undefined, done: (broken?: boolean) => void) => void;

/**
 * Connections for graphile-worker, which stops for good when one of its statements fails, as they do when the database
 * is started anew: here they wait until it is back. Each stands by itself and may be done twice: jobs are fetched,
 * ticked off, given back.
 */
export class JobConnections extends Pool {
  private readonly stopping = new AbortController();

  /** Gives a client that finds a connection for each statement. The one that listens is given one to keep. */
  override connect(): Promise<PoolClient>;
  override connect(callback: OnConnect): void;
  override connect(callback?: OnConnect): Promise<PoolClient> | undefined {
    if (callback !== undefined) {
      super.connect(callback);
      return undefined;
    }
    const client = { query: (statement: QueryConfig) => this.ask(statement), release: () => undefined };
    // graphile-worker uses nothing else of it.
    return Promise.resolve(client as unknown as PoolClient);
  }

  /**
   * Waits no longer for a database that is away. What could not be ticked off or given back stays with this process,
   * and is found by whoever looks after what the jobs are about.
   */
  giveUp(): void {
    this.stopping.abort();
  }

  private async ask(statement: QueryConfig): Promise<Pick<QueryResult, 'rows'>> {
    const { signal } = this.stopping;
    try {
      return await throughOutage(() => this.query(statement), { signal });
    } catch (error) {
      if (signal.aborted) return { rows: [] };
      throw error;
    }
  }
}
