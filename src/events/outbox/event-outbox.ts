import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { EventType } from './event-types.js';

/**
 * What happened, for other systems: webhooks deliver it. The database function `emit_event` stores an event, and a delivery
 * for each endpoint that wants it, in one statement; without such an endpoint, nothing.
 *
 * Triggers call it for changes of users, addresses, mails, flows and stages, so that no writer can forget one.
 */
@Injectable()
export class EventOutbox {
  /**
   * Writes an event in the caller's transaction: it is delivered exactly if the transaction commits.
   *
   * @param subject what it happened to: `<kind>/<key>`, such as `verification/4b3c…`. Its row is locked by the transaction,
   *   so that the sequence numbers of its events have the order in which they happened.
   * @param data as JSON, without secrets
   */
  async add(manager: EntityManager, type: EventType, subject: string, data: object): Promise<void> {
    await manager.query(`select "emit_event"($1, $2, $3)`, [type, subject, JSON.stringify(data)]);
  }
}
