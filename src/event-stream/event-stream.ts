import { matcher } from '../events/outbox/event-pattern.js';
import type { EventFeed } from './event-feed.js';
import type { PlacedEvent } from './event-stream-store.js';
import type { StreamCursor } from './stream-cursor.js';
import { beginning, eventMessage, heartbeat, resetMessage } from './stream-message.js';

/** Milliseconds without a message after which a comment is sent. */
const heartbeatMs = 15_000;

/** Milliseconds after which a client is given up that reads nothing. */
const stuckMs = 60_000;

/** The events of a stream. */
export interface StreamFilter {
  /** Patterns; none: every type. */
  readonly types: readonly string[];
  /** A pattern; empty: anything. */
  readonly subject: string;
}

/**
 * One open stream. It holds a place, not events: a client that reads slowly has its messages made when it reads them, from
 * the database if they are not among the latest.
 */
export class EventStream {
  private readonly ended = new AbortController();
  private readonly types: readonly ((text: string) => boolean)[];
  private readonly subject: (text: string) => boolean;
  private cursor: StreamCursor = { keptSince: 0, position: 0 };
  private isOpen = false;
  private readAt = performance.now();

  constructor(
    private readonly feed: EventFeed,
    { types, subject }: StreamFilter,
  ) {
    this.types = types.map(matcher);
    this.subject = matcher(subject === '' ? '*' : subject);
  }

  /** Opens the stream after a place; undefined: at its end. */
  async start(after: StreamCursor | undefined): Promise<void> {
    const last = await this.feed.open();
    this.isOpen = true;
    this.cursor = after ?? last;
    if (this.hasEnded()) this.leave();
  }

  /** Ends the stream after the message that is being sent. */
  close(): void {
    this.ended.abort();
    this.leave();
  }

  /** Whether the client has read nothing for a minute. */
  isStuck(): boolean {
    return performance.now() - this.readAt > stuckMs;
  }

  /** Yields the messages, each when the client can take it. */
  async *messages(): AsyncGenerator<string> {
    yield beginning(this.cursor);
    let nextBeat = performance.now() + heartbeatMs;
    while (!this.hasEnded()) {
      const page = await this.feed.after(this.cursor).catch(() => undefined);
      // The database is away. The client connects again, and goes on here.
      if (page === undefined) return;
      const { events, reset, next } = page;
      if (reset !== undefined) {
        const [first] = events;
        this.cursor = { ...next, ...(first !== undefined && { position: first.position - 1 }) };
        yield resetMessage(reset, this.cursor);
      }
      for (const event of events) {
        if (this.hasEnded()) return;
        this.cursor = { ...next, position: event.position };
        if (!this.wants(event)) continue;
        yield eventMessage(event, this.cursor);
        this.readAt = performance.now();
        nextBeat = this.readAt + heartbeatMs;
      }
      this.cursor = next;
      if (performance.now() >= nextBeat && !this.hasEnded()) {
        yield heartbeat(this.cursor);
        nextBeat = performance.now() + heartbeatMs;
      }
      this.readAt = performance.now();
      await this.feed.changed(this.cursor, nextBeat - performance.now(), this.ended.signal);
    }
  }

  private wants({ type, subject }: PlacedEvent): boolean {
    return this.subject(subject) && (this.types.length === 0 || this.types.some((matches) => matches(type)));
  }

  private hasEnded(): boolean {
    return this.ended.signal.aborted;
  }

  private leave(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.feed.close();
  }
}
