import { outgoingMessage } from '../events/outbox/outgoing-message.js';
import type { PlacedEvent } from './event-stream-store.js';
import { cursorId, type StreamCursor } from './stream-cursor.js';

/** Milliseconds after which a client connects again. */
const retryMs = 2000;

/** Why a stream does not go on where the client left it. */
export type ResetReason = 'expired' | 'unknown_id';

/** Returns the beginning of a response: the client knows its place before the first event. */
export function beginning(cursor: StreamCursor): string {
  return `retry: ${retryMs}\nid: ${cursorId(cursor)}\n\n`;
}

/** Returns an event. */
export function eventMessage(event: PlacedEvent, cursor: StreamCursor): string {
  return `id: ${cursorId(cursor)}\nevent: ${event.type}\ndata: ${outgoingMessage(event)}\n\n`;
}

/** Returns the event that says that events are missing before this place. */
export function resetMessage(reason: ResetReason, cursor: StreamCursor): string {
  return `id: ${cursorId(cursor)}\nevent: stream.reset\ndata: ${JSON.stringify({ reason })}\n\n`;
}

/** Returns a comment that keeps the connection open. Its id spares the client events that its filter has left out. */
export function heartbeat(cursor: StreamCursor): string {
  return `: heartbeat\nid: ${cursorId(cursor)}\n\n`;
}
