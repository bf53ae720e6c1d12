import { Client } from 'pg';

/** Uses after which a statement is prepared. Most that are used so often are used all the time. */
const often = 3;

/** Statements that are prepared at most: each takes some kilobytes in every connection. */
const mostPrepared = 300;

/** Statements whose uses are counted at most, so that ever new ones take no memory. */
const mostCounted = 5_000;

/** Which statements are used again and again. */
class StatementNames {
  private readonly uses = new Map<string, number>();
  private readonly names = new Map<string, string>();

  /** The name under which the statement is prepared, if it is. */
  nameOf(statement: string): string | undefined {
    const name = this.names.get(statement);
    if (name !== undefined || this.names.size >= mostPrepared) return name;
    const count = (this.uses.get(statement) ?? 0) + 1;
    if (count < often) {
      if (this.uses.size >= mostCounted) this.uses.clear();
      this.uses.set(statement, count);
      return undefined;
    }
    this.uses.delete(statement);
    this.names.set(statement, `s${this.names.size}`);
    return this.names.get(statement);
  }
}

/**
 * The class of connections of one pool that prepare the statements that are used again and again: PostgreSQL then plans
 * them once, where planning costs more than running most of ours. Who uses the pool does not notice.
 *
 * A pooler that gives every transaction another connection must know prepared statements (PgBouncer with
 * `pool_mode=transaction`: `max_prepared_statements` of 300 or more).
 */
export function preparingClient(): typeof Client {
  const statements = new StatementNames();
  return class PreparingClient extends Client {
    override query(statement: unknown, values?: unknown, callback?: unknown): never {
      const name = typeof statement === 'string' && Array.isArray(values) ? statements.nameOf(statement) : undefined;
      const query = name === undefined ? statement : { name, text: statement };
      return (super.query as (...query: unknown[]) => never).call(this, query, values, callback);
    }
  };
}
