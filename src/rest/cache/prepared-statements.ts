import { LRUCache } from 'lru-cache';
import type { Client } from 'pg';

/** Uses after which a statement is prepared. */
const minUses = 3;

/** Statements that are prepared at most: each takes some kilobytes in every connection. */
const maxPrepared = 300;

/** Names of frequently used statements. */
class StatementNames {
  private readonly uses = new LRUCache<string, number>({ max: 5_000 });
  private readonly names = new Map<string, string>();

  /** Counts a use. @returns the name to prepare the statement under, or undefined if it is not prepared */
  nameOf(statement: string): string | undefined {
    const name = this.names.get(statement);
    if (name !== undefined || this.names.size >= maxPrepared) return name;
    const uses = (this.uses.get(statement) ?? 0) + 1;
    this.uses.set(statement, uses);
    if (uses < minUses) return undefined;
    this.uses.delete(statement);
    this.names.set(statement, `s${this.names.size}`);
    return this.names.get(statement);
  }
}

/**
 * Returns a subclass of a client class, for one pool, that prepares frequently used statements: PostgreSQL then plans them once, and
 * planning costs more than running most of them.
 *
 * A pooler in transaction mode must support prepared statements (PgBouncer 1.21: `max_prepared_statements` of 300 or more);
 * otherwise DATABASE_PREPARE=false.
 */
export function preparingClient(Base: typeof Client): typeof Client {
  const statements = new StatementNames();
  return class PreparingClient extends Base {
    override query(statement: unknown, values?: unknown, callback?: unknown): never {
      const name = typeof statement === 'string' && Array.isArray(values) ? statements.nameOf(statement) : undefined;
      const query = name === undefined ? statement : { name, text: statement };
      return (super.query as (...query: unknown[]) => never).call(this, query, values, callback);
    }
  };
}
