import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { addJob, type Job } from '../../database/job-queue.js';
import { insertEventsOf, type NewEvent } from '../../events/event-log.js';
import type { AttemptOutcome } from './delivery-attempt.entity.js';
import type { MailMessage } from './mail-message.entity.js';
import { finalStates, type MessageState, statesBefore, waitingStates } from './message-states.js';

/** The task of the job queue that sends a message. */
export const sendMailTask = 'send_mail';

/** A message as it is taken. */
export type NewMessage = Pick<MailMessage, 'pk' | 'messageId' | 'stageId' | 'template' | 'subject' | 'data'> &
  Pick<MailMessage, 'recipientName' | 'recipientAddress' | 'fromAddress' | 'locale' | 'deadline'>;

/** A message that waits, with all that is needed to send it. */
export type DueMessage = NewMessage &
  Pick<MailMessage, 'state' | 'attempts' | 'earlierAttempts' | 'created' | 'queued'>;

/** How a try ended. */
interface AttemptResult {
  readonly outcome: AttemptOutcome;
  readonly reason: string;
  readonly code?: number | undefined;
  readonly reply?: string | undefined;
  readonly server?: string | undefined;
  readonly tls?: string | null | undefined;
}

/** Where a message goes after a try. */
interface NextState {
  readonly state: MessageState;
  /** For `retrying`: when. */
  readonly nextAttempt?: Date;
}

/** A try that has ended, and what comes of it. */
export interface FinishedAttempt {
  readonly pk: string;
  readonly number: number;
  readonly result: AttemptResult;
  readonly next: NextState;
  /** Tells of it, if there is something to tell. */
  readonly event?: NewEvent | undefined;
}

/** A message that is put off without a try. */
export interface Postponement {
  readonly pk: string;
  readonly until: Date;
  readonly reason: string;
}

/**
 * The one writer of what becomes of messages. Every change names the states that it may come from; what changes several
 * messages locks them in the order of their keys, so that no two changes wait for each other, and names the keys besides,
 * so that they are found by the index whatever PostgreSQL believes of the size of the table.
 */
@Injectable()
export class MessageStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Takes a message, which is sent when the transaction commits. */
  async add(manager: EntityManager, message: NewMessage): Promise<void> {
    await manager.query(
      `with message as (
         insert into "mail_message" (
           message_uuid, message_id, stage_uuid, template, subject, data,
           recipient_name, recipient_address, from_address, locale, deadline, next_attempt
         ) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
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
      ],
    );
  }

  /** Those of these messages that still wait, or are with a worker. */
  async find(pks: readonly string[]): Promise<DueMessage[]> {
    return this.dataSource.query<DueMessage[]>(
      `select message_uuid as pk, message_id as "messageId", stage_uuid as "stageId", template, subject, data,
              recipient_name as "recipientName", recipient_address as "recipientAddress",
              from_address as "fromAddress", locale, deadline, state, attempts,
              earlier_attempts as "earlierAttempts", created, queued
         from "mail_message" where message_uuid = any($1) and state = any($2)`,
      [pks, waitingStates],
    );
  }

  /**
   * Takes messages to send them: of any number of workers one gets each. They stay taken for `lease` seconds, or until
   * `extendLeases` extends that.
   *
   * @returns the number of the try by message, without those that somebody else has or nobody wants any more
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
            set ended = now(), outcome = 'interrupted', reason = 'The worker ended before the server had answered.'
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

  /** Keeps messages taken that are still being sent. */
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
   * Writes down how tries ended, where their messages go, and the events that tell of it, as one statement: this is the
   * moment between a server's acceptance and our knowing it. Doing it again changes nothing.
   *
   * @returns the messages that went there; those that have been taken away in the meantime did not
   */
  async finish(attempts: readonly FinishedAttempt[]): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ pk: string }[]>(
      `with done as (
         select * from jsonb_to_recordset($1) as done (
           message_uuid uuid, number integer, outcome text, reason text, code integer, reply text, server text,
           tls text, state text, next_attempt timestamptz, action text, app text, context jsonb
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
                server = done.server, tls = done.tls
           from done
          where attempt.message_uuid = any($2) and attempt.message_uuid = done.message_uuid
            and attempt.number = done.number and attempt.ended is null
       ), event as (
         ${insertEventsOf('message where action is not null')}
       )
       select message_uuid as pk, case when next_attempt is not null then ${sendingJob({ runAt: 'next_attempt' })} end
         from message`,
      [JSON.stringify(attempts.map(rowOf)), attempts.map(({ pk }) => pk), finalStates],
    );
    return new Set(rows.map(({ pk }) => pk));
  }

  /** Puts off messages without a try, because their servers are busy or known to be out of order. */
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

  /** Discards the messages that bring one of these links, unless they are being sent at this moment. */
  async discardLinks(
    manager: EntityManager,
    links: readonly { readonly pk: string; readonly address: string }[],
  ): Promise<void> {
    await manager.query(
      `with mine as (
         select message_uuid from "mail_message"
          where recipient_address = any($1) and data -> 'link' ->> 'key' = any($2)
            and state = any($3) and (state <> 'sending' or lease_until < now())
          order by message_uuid for update
       )
       update "mail_message" message
          set state = 'discarded', reason = 'Its link was ended by a change of the account.', next_attempt = null,
              lease_until = null, finished = now()
         from mine where message.message_uuid = mine.message_uuid`,
      [links.map(({ address }) => address), links.map(({ pk }) => pk), statesBefore('discarded')],
    );
  }

  /** Ends a message that is not being sent, with a reason. @returns false if it is not in a state for that */
  async end(manager: EntityManager, pk: string, state: 'failed' | 'discarded', reason: string): Promise<boolean> {
    const changed = await manager.query<[unknown[], number]>(
      `update "mail_message" set state = $2, reason = $3, next_attempt = null, lease_until = null, finished = now()
        where message_uuid = $1 and state = any($4) and (state <> 'sending' or lease_until < now())`,
      [pk, state, reason, statesBefore(state)],
    );
    return changed[1] > 0;
  }

  /**
   * Sends a message again, or now, as if it were new: with all tries of the schedule.
   *
   * @returns false if it is not in a state for that
   */
  async requeue(manager: EntityManager, pk: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `with message as (
         update "mail_message"
            set state = 'queued', queued = now(), earlier_attempts = attempts, reason = '', next_attempt = now(),
                finished = null
          where message_uuid = $1 and state = any($2)
         returning message_uuid
       )
       select ${sendingJob()} from message`,
      [pk, statesBefore('queued')],
    );
    return rows.length > 0;
  }

  /**
   * Gives messages a job again that were claimed by a worker which died, or whose job was: taken by it and not begun,
   * or lost. A job that nobody has taken is left alone, however long it waits.
   *
   * @param lease seconds after which a worker that gives no sign of life is believed to be dead
   * @returns how many
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

  /** Deletes messages that have been final for `days`, a few at a time so that nothing waits for it. @returns how many */
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

/** Has a worker look at the message `message_uuid`. */
function sendingJob(more: Pick<Job, 'runAt' | 'isFirst'> = {}): string {
  const payload = `json_build_object('message', message_uuid)`;
  return addJob({ task: `'${sendMailTask}'`, payload, key: `'mail:' || message_uuid`, ...more });
}

function rowOf({ pk, number, result, next, event }: FinishedAttempt): Readonly<Record<string, unknown>> {
  const { outcome, reason, code, reply = '', server = '', tls } = result;
  const { state, nextAttempt: next_attempt } = next;
  const { action, app, context } = event ?? {};
  return {
    ...{ message_uuid: pk, number, outcome, reason, code, reply, server, tls, state, next_attempt },
    ...{ action, app, context },
  };
}
