import { createHash } from 'node:crypto';

/** Counts that are kept at most. */
const mostKept = 200;

/** How many rows there were, and the revision (view `current_revision`) that this is true of. */
export interface KeptCount {
  readonly revision: string;
  readonly count: number;
}

/**
 * How many rows lists had when they were read last, by what they were asked for. The statement that reads a page is
 * told, and counts again only if the revision is another one: counting 100,000 rows takes ten times as long as reading
 * a page of them.
 */
export class KeptCounts {
  private readonly counts = new Map<string, KeptCount>();

  find(list: string): KeptCount | undefined {
    return this.counts.get(digest(list));
  }

  keep(list: string, count: KeptCount): void {
    if (this.counts.size >= mostKept) this.counts.clear();
    this.counts.set(digest(list), count);
  }
}

/** What is asked for may be long: texts that are searched for, keys of all that somebody may see. */
function digest(list: string): string {
  return createHash('sha256').update(list).digest('base64');
}
