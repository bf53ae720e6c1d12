import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { EventAction } from './event.entity.js';

/** Days that an event is kept. */
const keptFor = 365;

/** What happened. */
export interface NewEvent {
  readonly action: EventAction;
  /** The part of the service that it happened in, named as the reference names it. */
  readonly app: string;
  readonly context: Record<string, unknown>;
  readonly user?: { readonly pk: number; readonly username: string; readonly email: string };
  readonly clientIp?: string;
}

/**
 * SQL that writes events of the service itself, as a part of the statement that does what they tell of.
 *
 * @param source what follows FROM: rows with the columns `action`, `app` and `context`
 */
export function insertEventsOf(source: string): string {
  return `insert into "event" (event_uuid, action, app, context, expires)
          select gen_random_uuid(), action, app, context, now() + ${keptFor} * interval '1 day' from ${source}`;
}

/** Writes down what happened. */
@Injectable()
export class EventLog {
  /** Writes in the caller's transaction, so that an event is there exactly when what it tells of is. */
  async write(manager: EntityManager, event: NewEvent): Promise<void> {
    const { action, app, context, user = {}, clientIp = null } = event;
    await manager.query(
      `insert into "event" (event_uuid, action, app, context, "user", client_ip, expires)
       values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 day')`,
      [randomUUID(), action, app, context, user, clientIp, keptFor],
    );
  }
}
