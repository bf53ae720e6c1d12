import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { EventLog, insertEventsOf, notificationsApp } from '../events/event-log.js';
import { outgoingEventJson } from '../events/outbox/outgoing-message.js';
import type { Notification, NotifiedUser } from './notification-body.js';
import {
  type AttemptResult,
  type DueDelivery,
  type Receiver,
  type ReceiverKey,
  receiverTables,
} from './webhook-receivers.js';

/** State of a delivery after an attempt. */
export type NextState =
  { readonly state: 'delivered' | 'failed' } | { readonly state: 'pending'; readonly seconds: number };

/** Seconds that a worker has for a batch of an endpoint; then another worker takes the endpoint. */
const leaseSeconds = 30;

/** Days of failure after which an endpoint is disabled. They start over after some hours without an attempt. */
const daysOfFailure = 5;
const quietHours = 6;

/** Returns the columns of a claimed receiver. */
function claimed(kind: Receiver['kind']): string {
  const { key, columns } = receiverTables[kind];
  return `'${kind}' as kind, ${key} as pk, failing_since is not null as "isFailing", ${columns}`;
}

/**
 * The only writer of deliveries, apart from `emit_event`. A worker leases a receiver, so that its deliveries are sent by one
 * process at a time and in order, and a slow receiver holds up no other.
 */
@Injectable()
export class WebhookStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventLog,
  ) {}

  /** Takes the lease of an endpoint and of a transport with deliveries that are due. */
  async claim(): Promise<Receiver[]> {
    return [...(await this.claimOf('endpoint')), ...(await this.claimOf('transport'))];
  }

  private async claimOf(kind: Receiver['kind']): Promise<Receiver[]> {
    const { table, key, isOpen } = receiverTables[kind];
    // Not `for update`, which would wait for every transaction that writes an event.
    const [rows] = await this.dataSource.query<[Receiver[], number]>(
      `update "${table}" set lease_until = now() + $1 * interval '1 second'
        where ${key} = (
          select ${key} from "${table}" receiver
           where ${isOpen} and (lease_until is null or lease_until < now())
             and exists (select from "webhook_delivery" delivery
                          where delivery.${key} = receiver.${key} and state = 'pending' and next_attempt <= now())
           order by lease_until nulls first limit 1 for no key update skip locked)
       returning ${claimed(kind)}`,
      [leaseSeconds],
    );
    return rows;
  }

  /** Extends the lease of a receiver. @returns how it is now; undefined if it was deleted or disabled */
  async renew({ kind, pk }: ReceiverKey): Promise<Receiver | undefined> {
    const { table, key, isOpen } = receiverTables[kind];
    const [rows] = await this.dataSource.query<[Receiver[], number]>(
      `update "${table}" set lease_until = now() + $2 * interval '1 second'
        where ${key} = $1 and ${isOpen} returning ${claimed(kind)}`,
      [pk, leaseSeconds],
    );
    return rows[0];
  }

  /** Ends the lease of a receiver. @param seconds until it can be taken again */
  async release({ kind, pk }: ReceiverKey, seconds: number): Promise<void> {
    const { table, key } = receiverTables[kind];
    await this.dataSource.query(
      `update "${table}" set lease_until = now() + $2 * interval '1 second' where ${key} = $1`,
      [pk, seconds],
    );
  }

  /** Returns deliveries of a receiver that are due, one for each subject: those of a subject are sent in their order. */
  async due({ kind, pk }: ReceiverKey, limit: number): Promise<DueDelivery[]> {
    const due = await this.dataSource.query<DueDelivery[]>(
      `select delivery_uuid as pk, attempts - earlier_attempts as failures,
              coalesce((select extract(epoch from now() - min(attempt.started)) from "webhook_attempt" attempt
                         where attempt.delivery_uuid = delivery.delivery_uuid and number > earlier_attempts), 0)::float8 as age,
              ${outgoingEventJson} as event
         from "webhook_delivery" delivery join "outgoing_event" event using (event_uuid)
        where ${receiverTables[kind].key} = $1 and state = 'pending' and next_attempt <= now()
        order by next_attempt, sequence limit $2`,
      [pk, 5 * limit],
    );
    const isFirst = ({ event: { subject } }: DueDelivery, index: number): boolean =>
      due.findIndex(({ event }) => event.subject === subject) === index;
    return due.filter(isFirst).slice(0, limit);
  }

  /**
   * Records an attempt, unless another worker has finished the delivery. Notifications have no deliveries in the API: an
   * event says that one has failed.
   */
  async record(
    pk: string,
    { started, milliseconds, status, error, answer }: AttemptResult,
    next: NextState,
  ): Promise<void> {
    await this.dataSource.query(
      `with delivery as (
         update "webhook_delivery"
            set attempts = attempts + 1, state = $2, next_attempt = now() + $3 * interval '1 second',
                finished = case when $2 <> 'pending' then now() end
          where delivery_uuid = $1 and state = 'pending'
         returning delivery_uuid, attempts, state, transport_uuid
       ), failed as (
         select 'configuration_error' as action, '${notificationsApp}' as app, jsonb_build_object(
                  'message', 'The notification transport "' || name || '" has not taken a notification: ' ||
                             coalesce('status ' || $6::int, $7),
                  'transport', transport_uuid) as context
           from delivery join "notification_transport" using (transport_uuid) where state = 'failed'
       ), event as (
         ${insertEventsOf('failed')}
       )
       insert into "webhook_attempt" (attempt_uuid, delivery_uuid, number, started, milliseconds, status, error, answer)
       select gen_random_uuid(), delivery_uuid, attempts, $4, $5, $6, $7, $8 from delivery`,
      [pk, next.state, next.state === 'pending' ? next.seconds : null, started, milliseconds, status, error, answer],
    );
  }

  /** Records that a receiver has taken a delivery. */
  async succeeded({ kind, pk }: ReceiverKey): Promise<void> {
    const { table, key } = receiverTables[kind];
    await this.dataSource.query(
      `update "${table}" set failing_since = null where ${key} = $1 and failing_since is not null`,
      [pk],
    );
  }

  /** Records that a receiver has taken none of several deliveries; disables an endpoint after five days of that. */
  async failed(receiver: ReceiverKey): Promise<void> {
    const { table, key } = receiverTables[receiver.kind];
    const [rows] = await this.dataSource.query<[{ isOver: boolean }[], number]>(
      `update "${table}"
          set failing_since = case when last_failure > now() - $3 * interval '1 hour' then coalesce(failing_since, now())
                                   else now() end,
              last_failure = now()
        where ${key} = $1
       returning failing_since < now() - $2 * interval '1 day' as "isOver"`,
      [receiver.pk, daysOfFailure, quietHours],
    );
    if (rows[0]?.isOver === true) await this.disable(receiver, `No delivery was taken for ${daysOfFailure} days.`);
  }

  /** Disables an endpoint, with an event that says why. A transport stays: each of its notifications fails by itself. */
  async disable({ kind, pk: endpoint }: ReceiverKey, reason: string): Promise<void> {
    if (kind !== 'endpoint') return;
    await this.dataSource.transaction(async (manager) => {
      const [rows] = await manager.query<[{ name: string }[], number]>(
        `update "webhook_endpoint" set enabled = false where endpoint_uuid = $1 and enabled returning name`,
        [endpoint],
      );
      const [disabled] = rows;
      if (disabled === undefined) return;
      const context = { message: `The webhook endpoint "${disabled.name}" was disabled. ${reason}`, endpoint };
      await this.events.write(manager, { action: 'configuration_error', app: 'authentik.webhooks', context });
    });
  }

  /** Queues a delivery again, with the whole schedule of retries. @returns false if the endpoint is disabled */
  async replay(manager: EntityManager, pk: string): Promise<boolean> {
    const changed = await manager.query<[unknown[], number]>(
      `update "webhook_delivery" delivery
          set state = 'pending', earlier_attempts = attempts, next_attempt = now(), finished = null
         from "webhook_endpoint" endpoint
        where delivery_uuid = $1 and endpoint.endpoint_uuid = delivery.endpoint_uuid and enabled`,
      [pk],
    );
    return changed[1] > 0;
  }

  /** Queues an event of the type `webhook.test` for one endpoint. @returns the key of the delivery */
  async addTest(manager: EntityManager, endpoint: string): Promise<string> {
    const pk = randomUUID();
    await manager.query(
      `with event as (
         insert into "outgoing_event" (event_uuid, type, subject, data)
         values (gen_random_uuid(), 'webhook.test', 'endpoint/' || $2::text, jsonb_build_object('endpoint', $2::text))
         returning event_uuid
       )
       insert into "webhook_delivery" (delivery_uuid, event_uuid, endpoint_uuid) select $1, event_uuid, $2::uuid from event`,
      [pk, endpoint],
    );
    return pk;
  }

  /**
   * Queues a notification for a transport, one delivery for each user; none if the transport was deleted or changed to a mode
   * without a webhook meanwhile. Such changes wait for the caller's transaction, and then discard what it has queued.
   */
  async addNotifications(
    manager: EntityManager,
    transport: string,
    notification: Notification,
    users: readonly NotifiedUser[],
  ): Promise<void> {
    await manager.query(
      `with open as materialized (
         select from "notification_transport" where transport_uuid = $1 and ${receiverTables.transport.isOpen} for share
       ), notified as materialized (
         select gen_random_uuid() as event_uuid, pk, jsonb_build_object('user_email', email, 'user_username', username) as who
           from jsonb_to_recordset($3) as account (pk integer, email text, username text), open
       ), event as (
         insert into "outgoing_event" (event_uuid, type, subject, data)
         select event_uuid, 'notification', 'user/' || pk, $2::jsonb || who from notified
       )
       insert into "webhook_delivery" (delivery_uuid, event_uuid, transport_uuid)
       select gen_random_uuid(), event_uuid, $1 from notified`,
      [transport, JSON.stringify(notification), JSON.stringify(users)],
    );
  }

  /** Discards the waiting deliveries of a transport. */
  async discardNotifications(manager: EntityManager, transport: string): Promise<void> {
    await manager.query(`delete from "webhook_delivery" where transport_uuid = $1 and state = 'pending'`, [transport]);
  }

  /** Deletes a batch of the deliveries of a receiver. @returns the number deleted */
  async forget({ kind, pk }: ReceiverKey, manager = this.dataSource.manager): Promise<number> {
    const deleted = await manager.query<[unknown[], number]>(
      `delete from "webhook_delivery" where delivery_uuid in (
         select delivery_uuid from "webhook_delivery" where ${receiverTables[kind].key} = $1 limit 5000
       )`,
      [pk],
    );
    return deleted[1];
  }

  /** Returns how many deliveries wait, and by how many seconds the oldest one is overdue. */
  async backlog(): Promise<{ pending: number; overdue: number }> {
    const [row] = await this.dataSource.query<{ pending: number; overdue: number }[]>(
      `select count(*)::int as pending,
              greatest(0, coalesce(extract(epoch from now() - min(next_attempt)), 0))::float8 as overdue
         from "webhook_delivery" delivery left join "webhook_endpoint" endpoint using (endpoint_uuid)
        where state = 'pending' and enabled is not false`,
    );
    return row ?? { pending: 0, overdue: 0 };
  }

  /** Deletes a batch of events that are older than `days`, with their deliveries. @returns the number deleted */
  async purge(days: number): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "outgoing_event" where event_uuid in (
         select event_uuid from "outgoing_event" where created < now() - $1 * interval '1 day' limit 500
       )`,
      [days],
    );
    return deleted[1];
  }
}
