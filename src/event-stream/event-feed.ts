import { setTimeout as sleep } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';

import { Batcher } from '../rest/cache/batcher.js';
import { EventStreamStore, type PlacedEvent, type StreamEnd } from './event-stream-store.js';
import type { StreamCursor } from './stream-cursor.js';
import type { ResetReason } from './stream-message.js';

/** Milliseconds between two looks for events. Not LISTEN, which poolers in transaction mode do not have. */
const pollMs = 500;

/** Milliseconds after which the storage of events is asked for again. */
const keepMs = 60_000;

/** The latest events, for the connections of this process: how many, and how many characters of data. */
const recentEvents = 500;
const recentSize = 4_000_000;

/** Events that a connection that is behind reads at a time. */
const pageSize = 100;

/** What follows a place in the stream. */
interface StreamPage {
  readonly events: readonly PlacedEvent[];
  /** Set if events are missing before these. */
  readonly reset?: ResetReason;
  /** The place after this. */
  readonly next: StreamCursor;
}

/**
 * The stream of events for all connections of a process. One query in half a second finds new events for all of them; only a
 * connection that is behind the latest events has queries of its own.
 */
@Injectable()
export class EventFeed implements OnModuleDestroy {
  private readonly logger = new Logger('EventStream');
  private end: StreamEnd | undefined;
  /** The latest events up to `end`, without gaps. */
  private recent: PlacedEvent[] = [];
  private keptAt = -Infinity;
  private readers = 0;
  private isPolling = false;
  private polling: Promise<void> | undefined;
  private opening: Promise<void> | undefined;
  private readonly reading = new Batcher<undefined, undefined>(
    async (calls) => {
      await this.read();
      return calls;
    },
    { failsAll: () => true },
  );
  private readonly waiting = new Set<() => void>();
  private isAway = false;
  private readonly stopping = new AbortController();

  constructor(private readonly store: EventStreamStore) {}

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.polling;
  }

  /** Adds a reader, who leaves with `close`. @returns the end of the stream */
  async open(): Promise<StreamCursor> {
    this.readers += 1;
    try {
      // An older end is one of a time without readers.
      if (!this.isPolling) this.opening ??= this.start().finally(() => (this.opening = undefined));
      await this.opening;
      await this.reading.run(undefined);
      return this.currentEnd();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Removes a reader. */
  close(): void {
    this.readers -= 1;
  }

  /** Returns what follows a place; nothing if it is the end. */
  async after(cursor: StreamCursor): Promise<StreamPage> {
    const { keptSince, position: last } = this.currentEnd();
    const { position } = cursor;
    if (cursor.keptSince !== keptSince || position > last) {
      const reset = cursor.keptSince < keptSince ? 'expired' : 'unknown_id';
      return { events: [], reset, next: { keptSince, position: last } };
    }
    if (position === last) return { events: [], next: cursor };
    const first = this.recent[0]?.position ?? Infinity;
    const events =
      position >= first - 1
        ? this.recent.filter((event) => event.position > position)
        : (await this.store.after(position, pageSize)).filter((event) => event.position <= last);
    return pageOf({ keptSince, position }, events, last);
  }

  /** Waits for events after a place, until `milliseconds` have passed or the signal aborts. */
  async changed(cursor: StreamCursor, milliseconds: number, signal: AbortSignal): Promise<void> {
    const { keptSince, position } = this.currentEnd();
    if (signal.aborted || cursor.keptSince !== keptSince || cursor.position !== position) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, milliseconds));
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private currentEnd(): StreamEnd {
    if (this.end === undefined) throw new Error('the stream of events was not opened');
    return this.end;
  }

  private async start(): Promise<void> {
    this.recent = [];
    await this.keep();
    // What happened without readers is not new to the first one.
    this.end = await this.store.advanceToEnd();
    this.isPolling = true;
    this.polling = this.poll();
  }

  private async poll(): Promise<void> {
    while (this.readers > 0 && !this.isStopping()) {
      try {
        if (performance.now() - this.keptAt > keepMs) await this.keep();
        await this.reading.run(undefined);
        this.isAway = false;
      } catch (error) {
        // Once for each time that the database is away.
        if (!this.isAway && !this.isStopping()) this.logger.warn(`cannot look for events: ${String(error)}`);
        this.isAway = true;
      }
      await sleep(pollMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
    }
    this.isPolling = false;
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async keep(): Promise<void> {
    const startedAt = performance.now();
    await this.store.keep();
    this.keptAt = startedAt;
  }

  /** Reads the events after the end. */
  private async read(): Promise<void> {
    const before = this.currentEnd();
    const end = await this.store.advance();
    if (end.keptSince === before.keptSince && end.position === before.position) return;
    const isContinued = end.keptSince === before.keptSince && end.position > before.position;
    // Many at once are left to the connections, page by page.
    const from = Math.max(isContinued ? before.position : 0, end.position - recentEvents);
    const added = (await this.store.after(from, recentEvents)).filter(({ position }) => position <= end.position);
    this.recent = latest(isContinued && from === before.position ? [...this.recent, ...added] : added, end.position);
    this.end = end;
    for (const wake of [...this.waiting]) wake();
  }
}

/** Returns the events at the end of the stream that have no gap and are not too many. */
export function latest(events: readonly PlacedEvent[], last: number): PlacedEvent[] {
  let size = 0;
  let count = 0;
  while (count < Math.min(events.length, recentEvents)) {
    const event = events[events.length - 1 - count];
    if (event?.position !== last - count) break;
    size += JSON.stringify(event.data).length;
    if (size > recentSize) break;
    count += 1;
  }
  return events.slice(events.length - count);
}

/** Returns the events up to a gap; if the gap comes first, those after it, as a reset. */
export function pageOf(cursor: StreamCursor, events: readonly PlacedEvent[], last: number): StreamPage {
  const { keptSince } = cursor;
  const [first] = events;
  // All were deleted.
  if (first === undefined) return { events, reset: 'expired', next: { keptSince, position: last } };
  const gap = events.findIndex(({ position }, index) => position !== first.position + index);
  const whole = gap === -1 ? events : events.slice(0, gap);
  const next = { keptSince, position: first.position + whole.length - 1 };
  return { events: whole, next, ...(first.position > cursor.position + 1 && { reset: 'expired' as const }) };
}
