import type { OutgoingEvent } from './outgoing-event.entity.js';

/** An event as `outgoingEventJson` reads it. */
export interface StoredEvent extends Pick<OutgoingEvent, 'type' | 'subject' | 'data'> {
  readonly id: string;
  readonly sequence: number;
  readonly created: string;
}

/** SQL of a `StoredEvent` from the table `outgoing_event` under the name `event`. */
export const outgoingEventJson = `json_build_object('id', event.event_uuid, 'type', event.type, 'subject', event.subject,
  'sequence', event.sequence, 'created', event.created, 'data', event.data)`;

/** Returns an event as JSON, as receivers of webhooks and readers of the stream get it. */
export function outgoingMessage({ id, type, subject, sequence, created, data }: StoredEvent): string {
  return JSON.stringify({ id, type, timestamp: new Date(created).toISOString(), subject, sequence, data });
}
