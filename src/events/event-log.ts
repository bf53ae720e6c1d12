import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { EventAction } from './event.entity.js';

/** An event to write. */
export interface NewEvent {
  readonly action: EventAction;
  /** The part of the service that it happened in, with the reference's name. */
  readonly app: string;
  readonly context: Record<string, unknown>;
  readonly user?: { readonly pk: number; readonly username: string; readonly email: string };
  readonly clientIp?: string;
}

/**
 * SQL that writes events of the service itself, as a part of the statement that makes the change.
 *
 * @param source what follows FROM: rows with the columns `action`, `app` and `context`
 */
export function insertEventsOf(source: string): string {
  return `insert into "event" (event_uuid, action, app, context)
          select gen_random_uuid(), action, app, context from ${source}`;
}

/** Writes events. */
@Injectable()
export class EventLog {
  /** Writes in the caller's transaction: the event is committed exactly when the change is. */
  async write(manager: EntityManager, event: NewEvent): Promise<void> {
    const { action, app, context, user = {}, clientIp = null } = event;
    await manager.query(
      `insert into "event" (event_uuid, action, app, context, "user", client_ip)
       values ($1, $2, $3, $4, $5, $6)`,
      [randomUUID(), action, app, context, user, clientIp],
    );
  }
}
