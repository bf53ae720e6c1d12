import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { JobQueue } from '../../database/job-queue.js';
import type { AttemptOutcome } from './delivery-attempt.entity.js';
import { MailMessage } from './mail-message.entity.js';
import { finalStates, type MessageState, statesBefore } from './message-states.js';

/** The task of the job queue that sends a message. */
export const sendMailTask = 'send_mail';

/** How a try ended. */
export interface AttemptResult {
  readonly outcome: AttemptOutcome;
  readonly reason: string;
  readonly code?: number | undefined;
  readonly reply?: string | undefined;
  readonly server?: string | undefined;
  readonly tls?: string | null | undefined;
}

/** Where a message goes after a try. */
export interface NextState {
  readonly state: MessageState;
  /** For `retrying`: when. */
  readonly nextAttempt?: Date;
}

/** The one writer of what becomes of messages. Every change names the states that it may come from. */
@Injectable()
export class MessageStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: JobQueue,
  ) {}

  /** Has a worker look at the message, at once or at `runAt`, when the transaction commits. */
  async schedule(manager: EntityManager, pk: string, runAt?: Date): Promise<void> {
    const job = { task: sendMailTask, payload: { message: pk }, key: `mail:${pk}` };
    await this.jobs.add(manager, runAt === undefined ? job : { ...job, runAt });
  }

  async find(pk: string): Promise<MailMessage | null> {
    return this.dataSource.manager.findOneBy(MailMessage, { pk });
  }

  /**
   * Takes a message to send it: of any number of workers one gets it. It stays taken for `lease` seconds, or until
   * `extendLeases` extends that.
   *
   * @returns the number of the try, or undefined if somebody else has it or nobody wants it any more
   */
  async claim(pk: string, lease: number): Promise<number | undefined> {
    const [row] = await this.dataSource.query<{ attempts: number }[]>(
      `with claimed as (
         update "mail_message"
            set state = 'sending', attempts = attempts + 1, lease_until = now() + $3 * interval '1 second'
          where message_uuid = $1 and state = any($2) and (state <> 'sending' or lease_until < now())
         returning message_uuid, attempts
       ), interrupted as (
         update "delivery_attempt"
            set ended = now(), outcome = 'interrupted', reason = 'The worker ended before the server had answered.'
          where message_uuid = (select message_uuid from claimed) and ended is null
       ), attempt as (
         insert into "delivery_attempt" (attempt_uuid, message_uuid, number, started)
         select $4, message_uuid, attempts, now() from claimed
       )
       select attempts from claimed`,
      [pk, statesBefore('sending'), lease, randomUUID()],
    );
    return row?.attempts;
  }

  /** Keeps messages taken that are still being sent. */
  async extendLeases(pks: readonly string[], lease: number): Promise<void> {
    await this.dataSource.query(
      `update "mail_message" set lease_until = now() + $2 * interval '1 second'
        where message_uuid = any($1) and state = 'sending'`,
      [pks, lease],
    );
  }

  /**
   * Writes down how a try ended, and where the message goes, as one statement: this is the moment between the server's
   * acceptance and our knowing it.
   *
   * @returns false if the message has been taken away in the meantime
   */
  async finishAttempt(
    manager: EntityManager,
    pk: string,
    number: number,
    result: AttemptResult,
    { state, nextAttempt }: NextState,
  ): Promise<boolean> {
    const [row] = await manager.query<{ changed: boolean }[]>(
      `with attempt as (
         update "delivery_attempt"
            set ended = now(), outcome = $3, reason = $4, code = $5, reply = $6, server = $7, tls = $8
          where message_uuid = $1 and number = $2
       ), message as (
         update "mail_message"
            set state = $9, next_attempt = $10, lease_until = null, reason = $4,
                finished = case when $9 = any($11::text[]) then now() end
          where message_uuid = $1 and attempts = $2 and state = any($12)
         returning 1
       )
       select exists (select from message) as changed`,
      [
        pk,
        number,
        result.outcome,
        result.reason,
        result.code ?? null,
        result.reply ?? '',
        result.server ?? '',
        result.tls ?? null,
        state,
        nextAttempt ?? null,
        finalStates,
        statesBefore(state),
      ],
    );
    if (row?.changed && nextAttempt !== undefined) await this.schedule(manager, pk, nextAttempt);
    return row?.changed ?? false;
  }

  /** Puts off a message without a try, because its server is known to be out of order. */
  async postpone(pk: string, until: Date, reason: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const changed = await manager.query<[unknown[], number]>(
        `update "mail_message" set next_attempt = $2, reason = $3
          where message_uuid = $1 and state in ('queued', 'retrying')`,
        [pk, until, reason],
      );
      if (changed[1] > 0) await this.schedule(manager, pk, until);
    });
  }

  /** Ends a message that is not being sent, with a reason. @returns false if it is not in a state for that */
  async end(manager: EntityManager, pk: string, state: 'failed' | 'discarded', reason: string): Promise<boolean> {
    const before = state === 'failed' ? ['queued', 'retrying'] : statesBefore('discarded');
    const changed = await manager.query<[unknown[], number]>(
      `update "mail_message" set state = $2, reason = $3, next_attempt = null, lease_until = null, finished = now()
        where message_uuid = $1 and state = any($4) and (state <> 'sending' or lease_until < now())`,
      [pk, state, reason, before],
    );
    return changed[1] > 0;
  }

  /** Sends a message again, or now. @returns false if it is not in a state for that */
  async requeue(manager: EntityManager, pk: string): Promise<boolean> {
    const changed = await manager.query<[unknown[], number]>(
      `update "mail_message" set state = 'queued', reason = '', next_attempt = now(), finished = null
        where message_uuid = $1 and state = any($2)`,
      [pk, statesBefore('queued')],
    );
    if (changed[1] === 0) return false;
    await this.schedule(manager, pk);
    return true;
  }

  /**
   * Gives messages a job again that were claimed by a worker which died, or whose job was: taken by it and not begun,
   * or lost. A job that nobody has taken is left alone, however long it waits.
   *
   * @param lease seconds after which a worker that gives no sign of life is believed to be dead
   * @returns how many
   */
  async rescue(lease: number): Promise<number> {
    const overdue = await this.dataSource.query<{ pk: string }[]>(
      `select message_uuid as pk from "mail_message"
        where (state = 'sending' and lease_until < now())
           or (state in ('queued', 'retrying') and next_attempt < now() - $1 * interval '1 second'
               and not exists (
                 select from graphile_worker.jobs j where j.key = 'mail:' || message_uuid and j.locked_at is null
               ))
        limit 500`,
      [lease],
    );
    for (const { pk } of overdue) await this.schedule(this.dataSource.manager, pk);
    return overdue.length;
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
