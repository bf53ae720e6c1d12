import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { EventAction } from './event.entity.js';

/** An event to write. */
export interface NewEvent {
  readonly action: EventAction;
  /** Component that writes the event, under authentik's name for it. */
  readonly app: string;
  readonly context: Record<string, unknown>;
  readonly user?: { readonly pk: number; readonly username: string; readonly email: string };
  readonly clientIp?: string;
}

/** Writer of events about notifications. They fire no notification rules: one would lead to the next. */
export const notificationsApp = 'authentik.notifications';

/**
 * Returns SQL that inserts events of the service itself, for use as a CTE of the statement that makes the change.
 *
 * @param source FROM item with the columns `action`, `app` and `context`
 */
export function insertEventsOf(source: string): string {
  return `insert into "event" (event_uuid, action, app, context)
          select gen_random_uuid(), action, app, context from ${source}`;
}

/** Writes events. */
@Injectable()
export class EventLog {
  /** Inserts the event in the caller's transaction, so that it commits together with the change. */
  async write(manager: EntityManager, event: NewEvent): Promise<void> {
    const { action, app, context, user = {}, clientIp = null } = event;
    await manager.query(
      `insert into "event" (event_uuid, action, app, context, "user", client_ip)
       values ($1, $2, $3, $4, $5, $6)`,
      [randomUUID(), action, app, context, user, clientIp],
    );
  }
}
