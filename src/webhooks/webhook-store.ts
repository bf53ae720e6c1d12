import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { EventLog } from '../events/event-log.js';
import { outgoingEventJson, type StoredEvent } from '../events/outbox/outgoing-message.js';

/** An endpoint that this process sends the deliveries of. */
export interface ClaimedEndpoint {
  readonly pk: string;
  readonly url: string;
  /** Sealed. */
  readonly secret: string;
  /** Sealed; empty if only one secret signs. */
  readonly previousSecret: string;
  /** Whether the receiver has taken nothing of late. */
  readonly isFailing: boolean;
}

/** A delivery to send now, with its event. */
export interface DueDelivery {
  readonly pk: string;
  /** Failed attempts since the event, or the last replay. */
  readonly failures: number;
  /** Seconds since the first of these attempts. */
  readonly age: number;
  readonly event: StoredEvent;
}

/** The result of an attempt. */
export interface AttemptResult {
  readonly started: Date;
  readonly milliseconds: number;
  /** HTTP status; null without a response. */
  readonly status: number | null;
  /** Why there is no response; empty if there is one. */
  readonly error: string;
  readonly answer: string;
}

/** State of a delivery after an attempt. */
export type NextState =
  { readonly state: 'delivered' | 'failed' } | { readonly state: 'pending'; readonly seconds: number };

/** Seconds that a worker has for a batch of an endpoint; then another worker takes the endpoint. */
const leaseSeconds = 30;

/** Days of failure after which an endpoint is disabled. They start over after some hours without an attempt. */
const daysOfFailure = 5;
const quietHours = 6;

const claimed = `endpoint_uuid as pk, url, secret, failing_since is not null as "isFailing",
  case when previous_secret_until > now() then previous_secret else '' end as "previousSecret"`;

/**
 * The only writer of deliveries, apart from `emit_event`. A worker leases an endpoint, so that its deliveries are sent by one
 * process at a time and in order, and a slow receiver holds up no other.
 */
@Injectable()
export class WebhookStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventLog,
  ) {}

  /** Takes the lease of an endpoint with deliveries that are due; undefined if there is none. */
  async claim(): Promise<ClaimedEndpoint | undefined> {
    // Not `for update`, which would wait for every transaction that writes an event.
    const [rows] = await this.dataSource.query<[ClaimedEndpoint[], number]>(
      `update "webhook_endpoint" set lease_until = now() + $1 * interval '1 second'
        where endpoint_uuid = (
          select endpoint_uuid from "webhook_endpoint" endpoint
           where enabled and (lease_until is null or lease_until < now())
             and exists (select from "webhook_delivery" delivery
                          where delivery.endpoint_uuid = endpoint.endpoint_uuid and state = 'pending'
                            and next_attempt <= now())
           order by lease_until nulls first limit 1 for no key update skip locked)
       returning ${claimed}`,
      [leaseSeconds],
    );
    return rows[0];
  }

  /** Extends the lease of an endpoint. @returns how it is now; undefined if it was deleted or disabled */
  async renew(pk: string): Promise<ClaimedEndpoint | undefined> {
    const [rows] = await this.dataSource.query<[ClaimedEndpoint[], number]>(
      `update "webhook_endpoint" set lease_until = now() + $2 * interval '1 second'
        where endpoint_uuid = $1 and enabled returning ${claimed}`,
      [pk, leaseSeconds],
    );
    return rows[0];
  }

  /** Ends the lease of an endpoint. @param seconds until it can be taken again */
  async release(pk: string, seconds: number): Promise<void> {
    await this.dataSource.query(
      `update "webhook_endpoint" set lease_until = now() + $2 * interval '1 second' where endpoint_uuid = $1`,
      [pk, seconds],
    );
  }

  /** Returns deliveries of an endpoint that are due, one for each subject: those of a subject are sent in their order. */
  async due(endpoint: string, limit: number): Promise<DueDelivery[]> {
    const due = await this.dataSource.query<DueDelivery[]>(
      `select delivery_uuid as pk, attempts - earlier_attempts as failures,
              coalesce((select extract(epoch from now() - min(attempt.started)) from "webhook_attempt" attempt
                         where attempt.delivery_uuid = delivery.delivery_uuid and number > earlier_attempts), 0)::float8 as age,
              ${outgoingEventJson} as event
         from "webhook_delivery" delivery join "outgoing_event" event using (event_uuid)
        where endpoint_uuid = $1 and state = 'pending' and next_attempt <= now()
        order by next_attempt, sequence limit $2`,
      [endpoint, 5 * limit],
    );
    const isFirst = ({ event: { subject } }: DueDelivery, index: number): boolean =>
      due.findIndex(({ event }) => event.subject === subject) === index;
    return due.filter(isFirst).slice(0, limit);
  }

  /** Records an attempt, unless another worker has finished the delivery. */
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
         returning delivery_uuid, attempts
       )
       insert into "webhook_attempt" (attempt_uuid, delivery_uuid, number, started, milliseconds, status, error, answer)
       select gen_random_uuid(), delivery_uuid, attempts, $4, $5, $6, $7, $8 from delivery`,
      [pk, next.state, next.state === 'pending' ? next.seconds : null, started, milliseconds, status, error, answer],
    );
  }

  /** Records that the receiver has taken a delivery. */
  async succeeded(endpoint: string): Promise<void> {
    await this.dataSource.query(
      `update "webhook_endpoint" set failing_since = null where endpoint_uuid = $1 and failing_since is not null`,
      [endpoint],
    );
  }

  /** Records that the receiver has taken none of several deliveries; disables the endpoint after five days of that. */
  async failed(endpoint: string): Promise<void> {
    const [rows] = await this.dataSource.query<[{ isOver: boolean }[], number]>(
      `update "webhook_endpoint"
          set failing_since = case when last_failure > now() - $3 * interval '1 hour' then coalesce(failing_since, now())
                                   else now() end,
              last_failure = now()
        where endpoint_uuid = $1
       returning failing_since < now() - $2 * interval '1 day' as "isOver"`,
      [endpoint, daysOfFailure, quietHours],
    );
    if (rows[0]?.isOver === true) await this.disable(endpoint, `No delivery was taken for ${daysOfFailure} days.`);
  }

  /** Disables an endpoint, with an event that says why. */
  async disable(endpoint: string, reason: string): Promise<void> {
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

  /** Deletes a batch of the deliveries of an endpoint. @returns the number deleted */
  async forget(endpoint: string): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "webhook_delivery" where delivery_uuid in (
         select delivery_uuid from "webhook_delivery" where endpoint_uuid = $1 limit 5000
       )`,
      [endpoint],
    );
    return deleted[1];
  }

  /** Returns how many deliveries wait, and by how many seconds the oldest one is overdue. */
  async backlog(): Promise<{ pending: number; overdue: number }> {
    const [row] = await this.dataSource.query<{ pending: number; overdue: number }[]>(
      `select count(*)::int as pending,
              greatest(0, coalesce(extract(epoch from now() - min(next_attempt)), 0))::float8 as overdue
         from "webhook_delivery" delivery join "webhook_endpoint" endpoint using (endpoint_uuid)
        where state = 'pending' and enabled`,
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
