import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

/** A row count, and the revision (view `current_revision`) that it was read at. */
export interface RowCount {
  readonly revision: string;
  readonly count: number;
}

/**
 * Row counts of recent list queries, keyed by query. The statement that reads a page gets the cached count and counts
 * again only at another revision: counting 100,000 rows takes ten times as long as reading a page of them.
 */
export class RowCounts {
  private readonly counts = new LRUCache<string, RowCount>({ max: 200 });

  find(query: string): RowCount | undefined {
    return this.counts.get(digest(query));
  }

  store(query: string, count: RowCount): void {
    this.counts.set(digest(query), count);
  }
}

/** Queries can be long: search texts, and the keys of all rows that a caller may see. */
function digest(query: string): string {
  return createHash('sha256').update(query).digest('base64');
}
