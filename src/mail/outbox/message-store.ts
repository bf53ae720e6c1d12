import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { addJob, type Job } from '../../database/job-queue.js';
import { insertEventsOf } from '../../events/event-log.js';
import { attemptRow, type FinishedAttempt } from './finished-attempt.js';
import type { MailMessage } from './mail-message.entity.js';
import { finalStates, statesBefore, waitingStates } from './message-states.js';

/** Name of the job that sends a message. */
export const sendMailTask = 'send_mail';

/** A message to insert. */
export type NewMessage = Pick<MailMessage, 'pk' | 'messageId' | 'stageId' | 'transportId' | 'template' | 'subject'> &
  Pick<MailMessage, 'data' | 'recipientName' | 'recipientAddress' | 'fromAddress' | 'locale' | 'deadline'>;

/** A waiting message with everything needed to send it. */
export type DueMessage = NewMessage &
  Pick<MailMessage, 'state' | 'attempts' | 'earlierAttempts' | 'created' | 'queued'>;

/** A message to postpone without an attempt. */
export interface Postponement {
  readonly pk: string;
  readonly until: Date;
  readonly reason: string;
}

/**
 * The only writer of message states. Every update checks the current state. Batch updates lock rows in key order, which
 * avoids deadlocks, and also filter by key, so that PostgreSQL uses the index regardless of its statistics.
 */
@Injectable()
export class MessageStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Inserts a message and its job; it is sent once the transaction commits. */
  async add(manager: EntityManager, message: NewMessage): Promise<void> {
    await manager.query(
      `with message as (
         insert into "mail_message" (
           message_uuid, message_id, stage_uuid, template, subject, data,
           recipient_name, recipient_address, from_address, locale, deadline, transport_uuid, next_attempt
         ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())
         returning message_uuid
       )
       select ${sendingJob({ isFirst: true })} from message`,
      [
        message.pk,
        message.messageId,
        message.stageId,
        message.template,
        message.subject,
        message.data,
        message.recipientName,
        message.recipientAddress,
        message.fromAddress,
        message.locale,
        message.deadline,
        message.transportId,
      ],
    );
  }

  /** Returns the messages that are queued, retrying or sending. */
  async find(pks: readonly string[]): Promise<DueMessage[]> {
    return this.dataSource.query<DueMessage[]>(
      `select message_uuid as pk, message_id as "messageId", stage_uuid as "stageId",
              transport_uuid as "transportId", template, subject, data,
              recipient_name as "recipientName", recipient_address as "recipientAddress",
              from_address as "fromAddress", locale, deadline, state, attempts,
              earlier_attempts as "earlierAttempts", created, queued
         from "mail_message" where message_uuid = any($1) and state = any($2)`,
      [pks, waitingStates],
    );
  }

  /**
   * Claims messages for sending; exactly one worker gets each message. The lease lasts `lease` seconds unless
   * `extendLeases` extends it.
   *
   * @returns attempt numbers by message key, without messages that another worker holds or that are final
   */
  async claim(pks: readonly string[], lease: number): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ pk: string; attempts: number }[]>(
      `with free as (
         select message_uuid from "mail_message"
          where message_uuid = any($1) and state = any($2) and (state <> 'sending' or lease_until < now())
          order by message_uuid for update
       ), claimed as (
         update "mail_message" message
            set state = 'sending', attempts = attempts + 1, lease_until = now() + $3 * interval '1 second'
           from free where message.message_uuid = free.message_uuid
         returning message.message_uuid, attempts
       ), interrupted as (
         update "delivery_attempt"
            set ended = now(), outcome = 'interrupted', reason = 'The worker ended before the server answered.'
          where message_uuid in (select message_uuid from claimed) and ended is null
       ), attempt as (
         insert into "delivery_attempt" (attempt_uuid, message_uuid, number, started)
         select gen_random_uuid(), message_uuid, attempts, now() from claimed
       )
       select message_uuid as pk, attempts from claimed`,
      [pks, statesBefore('sending'), lease],
    );
    return new Map(rows.map(({ pk, attempts }) => [pk, attempts]));
  }

  /** Extends the leases of messages that are being sent. */
  async extendLeases(pks: readonly string[], lease: number): Promise<void> {
    await this.dataSource.query(
      `with mine as (
         select message_uuid from "mail_message" where message_uuid = any($1) and state = 'sending'
          order by message_uuid for update
       )
       update "mail_message" message set lease_until = now() + $2 * interval '1 second'
         from mine where message.message_uuid = mine.message_uuid`,
      [pks, lease],
    );
  }

  /**
   * Records attempts, message states and events in one statement, to keep the window short between a server's acceptance
   * and our record of it. Idempotent.
   *
   * @returns keys of the updated messages, without those that another worker has claimed in the meantime
   */
  async finish(attempts: readonly FinishedAttempt[]): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ pk: string }[]>(
      `with done as (
         select * from jsonb_to_recordset($1) as done (
           message_uuid uuid, number integer, outcome text, reason text, code integer, reply text, server text,
           tls text, provider text, transport text, provider_message_id text, state text, next_attempt timestamptz, action text, app text, context jsonb
         )
       ), mine as (
         select message_uuid from "mail_message" message join done using (message_uuid)
          where message_uuid = any($2) and message.state = 'sending' and message.attempts = done.number
          order by message_uuid for update of message
       ), message as (
         update "mail_message" message
            set state = done.state, next_attempt = done.next_attempt, reason = done.reason, lease_until = null,
                finished = case when done.state = any($3) then now() end
           from done join mine using (message_uuid) where message.message_uuid = done.message_uuid
         returning done.*
       ), attempt as (
         update "delivery_attempt" attempt
            set ended = now(), outcome = done.outcome, reason = done.reason, code = done.code, reply = done.reply,
                server = done.server, tls = done.tls, provider = done.provider,
                transport = done.transport, provider_message_id = done.provider_message_id
           from done
          where attempt.message_uuid = any($2) and attempt.message_uuid = done.message_uuid
            and attempt.number = done.number and attempt.ended is null
       ), event as (
         ${insertEventsOf('message where action is not null')}
       )
       select message_uuid as pk, case when next_attempt is not null then ${sendingJob({ runAt: 'next_attempt' })} end
         from message`,
      [JSON.stringify(attempts.map(attemptRow)), attempts.map(({ pk }) => pk), finalStates],
    );
    return new Set(rows.map(({ pk }) => pk));
  }

  /** Postpones messages without an attempt, because their servers are busy or their circuits open. */
  async postpone(postponements: readonly Postponement[]): Promise<void> {
    const rows = postponements.map(({ pk, until, reason }) => ({ message_uuid: pk, until, reason }));
    await this.dataSource.query(
      `with later as (
         select * from jsonb_to_recordset($1) as later (message_uuid uuid, until timestamptz, reason text)
       ), mine as (
         select message_uuid from "mail_message" join later using (message_uuid)
          where message_uuid = any($2) and state in ('queued', 'retrying')
          order by message_uuid for update of "mail_message"
       ), message as (
         update "mail_message" message set next_attempt = later.until, reason = later.reason
           from later join mine using (message_uuid) where message.message_uuid = later.message_uuid
         returning later.*
       )
       select ${sendingJob({ runAt: 'until' })} from message`,
      [JSON.stringify(rows), postponements.map(({ pk }) => pk)],
    );
  }

  /**
   * Discards the messages that contain one of these links, unless they are being sent. A message with a choice of accounts
   * loses the choices with these links, and is discarded if none is left.
   */
  async discardLinks(
    manager: EntityManager,
    links: readonly { readonly pk: string; readonly address: string }[],
  ): Promise<void> {
    await manager.query(
      `with mine as (
         select message_uuid,
                (select jsonb_agg(choice) from jsonb_array_elements(data -> 'choices') choice
                  where choice -> 'link' ->> 'key' <> all($2)) as others
           from "mail_message"
          where recipient_address = any($1)
            and (data -> 'link' ->> 'key' = any($2)
                 or exists (select from jsonb_array_elements(data -> 'choices') choice
                             where choice -> 'link' ->> 'key' = any($2)))
            and state = any($3) and (state <> 'sending' or lease_until < now())
          order by message_uuid for update
       ), shortened as (
         update "mail_message" message set data = jsonb_set(message.data, '{choices}', mine.others)
           from mine where message.message_uuid = mine.message_uuid and mine.others is not null
       )
       update "mail_message" message
          set state = 'discarded', reason = 'A change of the account revoked its link.', next_attempt = null,
              lease_until = null, finished = now()
         from mine where message.message_uuid = mine.message_uuid and mine.others is null`,
      [links.map(({ address }) => address), links.map(({ pk }) => pk), statesBefore('discarded')],
    );
  }

  /** Fails or discards a message. @returns false if its state does not allow that, such as `sending` */
  async end(manager: EntityManager, pk: string, state: 'failed' | 'discarded', reason: string): Promise<boolean> {
    return (await endAll(manager, [pk], state, reason)) > 0;
  }

  /** Discards messages, without those whose state does not allow that. @returns the number discarded */
  discardAll(manager: EntityManager, pks: readonly string[], reason: string): Promise<number> {
    return endAll(manager, pks, 'discarded', reason);
  }

  /**
   * Queues a message for sending now, with the full retry schedule.
   *
   * @returns false if its state does not allow that
   */
  async requeue(manager: EntityManager, pk: string): Promise<boolean> {
    return (await this.requeueAll(manager, [pk])) > 0;
  }

  /** As `requeue`, for several messages. @returns the number queued */
  async requeueAll(manager: EntityManager, pks: readonly string[]): Promise<number> {
    const rows = await manager.query<unknown[]>(
      `with mine as (
         select message_uuid from "mail_message" where message_uuid = any($1) and state = any($2)
          order by message_uuid for update
       ), message as (
         update "mail_message" message
            set state = 'queued', queued = now(), earlier_attempts = attempts, reason = '', next_attempt = now(),
                finished = null
           from mine where message.message_uuid = mine.message_uuid
         returning message.message_uuid
       )
       select ${sendingJob()} from message`,
      [pks, statesBefore('queued')],
    );
    return rows.length;
  }

  /**
   * Creates new jobs for messages whose worker died, or whose job was lost or claimed by a dead worker. Unclaimed jobs
   * stay, however long they wait.
   *
   * @param lease seconds without a sign of life after which a worker counts as dead
   * @returns the number of rescued messages
   */
  async rescue(lease: number): Promise<number> {
    const rescued = await this.dataSource.query<unknown[]>(
      `with overdue as (
         select message_uuid from "mail_message"
          where (state = 'sending' and next_attempt < now() and lease_until < now())
             or (state in ('queued', 'retrying') and next_attempt < now() - $1 * interval '1 second'
                 and not exists (
                   select from graphile_worker.jobs j where j.key = 'mail:' || message_uuid and j.locked_at is null
                 ))
          limit 500
       )
       select ${sendingJob()} from overdue`,
      [lease],
    );
    return rescued.length;
  }

  /** Deletes a batch of messages that have been final for `days`. @returns the number deleted */
  async purge(days: number): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "mail_message" where message_uuid in (
         select message_uuid from "mail_message" where finished < now() - $1 * interval '1 day' limit 500
       )`,
      [days],
    );
    return deleted[1];
  }
}

async function endAll(
  manager: EntityManager,
  pks: readonly string[],
  state: 'failed' | 'discarded',
  reason: string,
): Promise<number> {
  const changed = await manager.query<[unknown[], number]>(
    `with mine as (
       select message_uuid from "mail_message"
        where message_uuid = any($1) and state = any($4) and (state <> 'sending' or lease_until < now())
        order by message_uuid for update
     )
     update "mail_message" message
        set state = $2, reason = $3, next_attempt = null, lease_until = null, finished = now()
       from mine where message.message_uuid = mine.message_uuid`,
    [pks, state, reason, statesBefore(state)],
  );
  return changed[1];
}

/** Returns SQL that queues the job of the message `message_uuid`. */
function sendingJob(more: Pick<Job, 'runAt' | 'isFirst'> = {}): string {
  const payload = `json_build_object('message', message_uuid)`;
  return addJob({ task: `'${sendMailTask}'`, payload, key: `'mail:' || message_uuid`, ...more });
}
