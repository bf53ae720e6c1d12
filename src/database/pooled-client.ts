import type { Client } from 'pg';

import type { DatabaseClient } from './database-client.js';

/** TypeORM's statement that begins a transaction. */
const begin = 'START TRANSACTION';

/** Limits of a session, in milliseconds; 0: none. */
export interface SessionLimits {
  readonly statement_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
}

/**
 * Returns a subclass of the client class for connections to a pooler in transaction mode, where settings of a session would be
 * refused, or would apply to other clients. The limits are set for each transaction; a statement outside of one is
 * cancelled when its time is over.
 */
export function pooledClient(Base: typeof DatabaseClient, limits: SessionLimits): typeof Client {
  const settings = Object.entries(limits).map(([name, value]) => `SET LOCAL ${name} = ${value}`);
  return class PooledClient extends Base {
    override query(statement: unknown, ...more: unknown[]): never {
      const text = statement === begin ? [begin, ...settings].join('; ') : statement;
      const result: unknown = (super.query as (...query: unknown[]) => unknown).call(this, text, ...more);
      const isAlone =
        statement !== begin &&
        (this as unknown as { getTransactionStatus(): string | null }).getTransactionStatus() === 'I';
      if (!isAlone || limits.statement_timeout === 0 || !(result instanceof Promise)) return result as never;
      return this.endInTime(result) as never;
    }

    private async endInTime<T>(result: Promise<T>): Promise<T> {
      let cancelling: Promise<void> | undefined;
      const timer = setTimeout(() => {
        cancelling = this.cancelStatement();
      }, limits.statement_timeout);
      try {
        return await result;
      } finally {
        clearTimeout(timer);
        // It must not cancel the next statement.
        await cancelling;
      }
    }
  };
}
