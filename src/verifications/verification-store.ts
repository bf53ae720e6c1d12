import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { UserAddresses } from '../core/addresses/user-addresses.service.js';
import { Housekeeping } from '../database/housekeeping.js';
import { secretDigest } from '../database/link-secret.js';
import { EventLog, type NewEvent } from '../events/event-log.js';
import { EventOutbox } from '../events/outbox/event-outbox.js';
import type { EventType } from '../events/outbox/event-types.js';
import { MailFailures } from '../mail/delivery/mail-failures.js';
import { MailProofs } from '../mail/statistics/mail-proofs.js';
import { codesPerMail } from '../proofs/proof-limits.service.js';
import { openStates, type ProofKind, reasonOf, statusOf, type VerificationState } from './verification-states.js';
import { Verification } from './verification.entity.js';

/** Maximum number of wrong codes, which is also what concurrent guesses are limited to. */
export const maxAttempts = codesPerMail;

/** What other systems are notified of. */
const outgoing: Readonly<Record<VerificationState, EventType | undefined>> = {
  pending: undefined,
  approved: 'verification.approved',
  canceled: 'verification.canceled',
  expired: 'verification.expired',
  failed: 'verification.failed',
  max_attempts: 'verification.failed',
};

/** Who changes a verification; empty for the service itself. */
export type ChangedBy = Pick<NewEvent, 'user' | 'clientIp'>;

/** A verification after a change, or as it is found. */
export interface StoredVerification extends Pick<
  Verification,
  | 'pk'
  | 'email'
  | 'method'
  | 'message'
  | 'redirectUrl'
  | 'externalId'
  | 'approvedAt'
  | 'approvedBy'
  | 'attempts'
  | 'data'
  | 'userId'
> {
  readonly status: VerificationState;
  /** Why the mail has failed, if that is stored as the state. */
  readonly reason: string;
  /** Whether the address can still be verified. */
  readonly isOpen: boolean;
}

/** SQL for the state at this time of a row `v`. */
const current = { status: 'v.status', message: 'v.message_uuid', expires: 'v.expires' };
const status = statusOf(current);

const returned = `v.verification_uuid as pk, v.email, v.method, v.message_uuid as message, v.redirect_url as "redirectUrl",
  v.external_id as "externalId", v.approved_at as "approvedAt", v.approved_by as "approvedBy", v.attempts,
  v.data, v.user_id as "userId", ${reasonOf(current)} as reason, v.status in ('pending', 'failed') and v.expires > now() as "isOpen"`;

/** The only writer of verifications. Each change is one UPDATE with all its conditions, and writes its event. */
@Injectable()
export class VerificationStore {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly events: EventLog,
    private readonly outbox: EventOutbox,
    private readonly addresses: UserAddresses,
    housekeeping: Housekeeping,
    failures: MailFailures,
    proofs: MailProofs,
  ) {
    // Its mails have it in the key of the link or of the code: `linkKeyOf`, `codeKeyOf`.
    proofs.register('select verification_uuid as key, null::uuid as flow, approved_at as proved from "verification"');
    housekeeping.register('verifications', () => this.settle(), { present: 'end', past: 'ended' });
    housekeeping.register('old verifications', () => this.purge());
    failures.register(async (message) => {
      await this.settle(message);
    });
  }

  /** Inserts a verification whose mail is queued in the same transaction. */
  async add(
    manager: EntityManager,
    verification: Omit<Verification, 'created' | 'createdBy' | 'user' | 'approvedAt' | 'approvedBy'>,
    by: ChangedBy,
  ): Promise<void> {
    await manager.insert<{ pk: string }>(Verification, verification);
    await this.write(manager, 'model_created', verification, by);
  }

  /** Returns a verification with its state at this time. */
  async find(pk: string, manager = this.dataSource.manager): Promise<StoredVerification | undefined> {
    return this.findBy('v.verification_uuid', pk, manager);
  }

  /** As `find`, by the secret of the link. */
  async findBySecret(secret: string): Promise<StoredVerification | undefined> {
    return this.findBy(`v.method <> 'code' and v.key_hash`, secretDigest(secret), this.dataSource.manager);
  }

  /**
   * Approves a verification by the code of its last mail. Of any number of requests one succeeds.
   *
   * @param mails number of the mail that the code is from
   */
  approveByCode(
    manager: EntityManager,
    pk: string,
    mails: number,
    by: ChangedBy,
  ): Promise<StoredVerification | undefined> {
    return this.approve(
      manager,
      'code',
      `v.method <> 'link' and v.verification_uuid = $3 and v.mails = $4`,
      [pk, mails],
      by,
    );
  }

  /** Approves a verification by its link. Of any number of requests one succeeds. */
  approveByLink(manager: EntityManager, secret: string, by: ChangedBy): Promise<StoredVerification | undefined> {
    return this.approve(manager, 'link', `v.method <> 'code' and v.key_hash = $3`, [secretDigest(secret)], by);
  }

  /** Counts a wrong code; the last one ends the verification. */
  async countWrong(manager: EntityManager, pk: string, by: ChangedBy): Promise<StoredVerification | undefined> {
    const changed = await this.update(
      manager,
      `update "verification" v set attempts = attempts + 1,
              status = case when attempts + 1 >= $3 then 'max_attempts' else status end
        where v.verification_uuid = $2 and v.status = any($1) and v.expires > now()`,
      [openStates, pk, maxAttempts],
    );
    if (changed?.status === 'max_attempts') await this.ended(manager, changed, by);
    return changed;
  }

  /** Ends a verification whose guesses are used up, if a process has died before it counted the last one. */
  async exhaust(manager: EntityManager, pk: string, by: ChangedBy): Promise<StoredVerification | undefined> {
    const changed = await this.update(
      manager,
      `update "verification" v set attempts = $3, status = 'max_attempts'
        where v.verification_uuid = $2 and v.status = any($1) and v.expires > now()`,
      [openStates, pk, maxAttempts],
    );
    if (changed !== undefined) await this.ended(manager, changed, by);
    return changed;
  }

  async cancel(manager: EntityManager, pk: string, by: ChangedBy): Promise<StoredVerification | undefined> {
    const changed = await this.update(
      manager,
      `update "verification" v set status = 'canceled'
        where v.verification_uuid = $2 and v.status = any($1) and v.expires > now()`,
      [openStates, pk],
    );
    if (changed !== undefined) await this.ended(manager, changed, by);
    return changed;
  }

  /**
   * Cancels the open verifications of addresses of a user, whose row the transaction has locked.
   *
   * @returns the keys of their mails
   */
  async cancelOfUser(manager: EntityManager, user: number): Promise<string[]> {
    const [canceled] = await manager.query<[StoredVerification[], number]>(
      `update "verification" v set status = 'canceled'
        where v.user_id = $2 and v.status = any($1) and v.expires > now()
        returning ${returned}, v.status`,
      [openStates, user],
    );
    for (const verification of canceled) await this.ended(manager, verification, {});
    return canceled.map(({ message }) => message);
  }

  /**
   * Counts another mail, which makes a failed verification pending. Locks the row until the mail is queued.
   *
   * @param keyHash digest of the link's secret, which changes when SECRET_KEY is rotated
   * @returns the number of the mail; undefined if the verification has ended
   */
  async startResend(
    manager: EntityManager,
    pk: string,
    { keyHash, codeExpires }: Pick<Verification, 'keyHash' | 'codeExpires'>,
  ): Promise<number | undefined> {
    const [rows] = await manager.query<[{ mails: number }[], number]>(
      `update "verification" v set mails = mails + 1, status = 'pending', key_hash = $3, code_expires = $4
        where v.verification_uuid = $2 and v.status = any($1) and v.expires > now()
        returning mails`,
      [openStates, pk, keyHash, codeExpires],
    );
    return rows[0]?.mails;
  }

  /** Stores the mail of a resend. */
  async finishResend(manager: EntityManager, pk: string, message: string): Promise<void> {
    await manager.update(Verification, { pk }, { message });
  }

  /** @returns the key of its last mail; undefined if it was deleted before */
  async remove(manager: EntityManager, verification: Verification, by: ChangedBy): Promise<string | undefined> {
    const [[deleted]] = await manager.query<[{ message: string }[], number]>(
      'delete from "verification" where verification_uuid = $1 returning message_uuid as message',
      [verification.pk],
    );
    if (deleted !== undefined) await this.write(manager, 'model_deleted', verification, by);
    return deleted?.message;
  }

  /**
   * Stores the states of verifications that have failed or expired.
   *
   * @param message the mail whose verification may have failed; all if not given
   * @returns how many of a batch
   */
  private settle(message: string | null = null): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const [ended] = await manager.query<[StoredVerification[], number]>(
        `update "verification" v set status = ended.status from (
           select v.verification_uuid, ${status} as status from "verification" v
            where v.status = 'pending' and ${status} <> 'pending' and ($1::uuid is null or v.message_uuid = $1)
            limit 500 for update skip locked
         ) ended where v.verification_uuid = ended.verification_uuid and v.status = 'pending'
         returning ${returned}, v.status`,
        [message],
      );
      for (const verification of ended) await this.ended(manager, verification, {});
      return ended.length;
    });
  }

  /** Deletes a batch of verifications that ended before the retention. */
  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "verification" where verification_uuid in (
         select verification_uuid from "verification" where expires < now() - $1 * interval '1 day' limit 500
       )`,
      [this.settings.verificationRetention],
    );
    return deleted[1];
  }

  /** Also records the proof of the user whose address it is. */
  private async approve(
    manager: EntityManager,
    kind: ProofKind,
    condition: string,
    parameters: readonly unknown[],
    by: ChangedBy,
  ): Promise<StoredVerification | undefined> {
    const isApproved = `v.status = any($1) and v.expires > now() and ${condition} and (v.user_id is null or exists (
      select from "user" u where u.id = v.user_id and (u.is_active or u.awaits_confirmation)))`;
    const values = [openStates, kind, ...parameters];
    // Before the verification, as the deletion of a user does: the reverse lock order deadlocks.
    await manager.query(
      `select from "user" u
        where u.id in (select v.user_id from "verification" v where ${isApproved} and $2::text is not null)
          for no key update`,
      values,
    );
    const changed = await this.update(
      manager,
      `update "verification" v set status = 'approved', approved_at = now(), approved_by = $2 where ${isApproved}`,
      values,
    );
    if (changed === undefined) return undefined;
    await this.ended(manager, changed, by);
    if (changed.userId !== null) await this.addresses.prove(manager, changed.userId, changed.email, kind);
    return changed;
  }

  private async update(
    manager: EntityManager,
    statement: string,
    parameters: readonly unknown[],
  ): Promise<StoredVerification | undefined> {
    const [rows] = await manager.query<[StoredVerification[], number]>(`${statement} returning ${returned}, v.status`, [
      ...parameters,
    ]);
    return rows[0];
  }

  private async findBy(
    condition: string,
    value: unknown,
    manager: EntityManager,
  ): Promise<StoredVerification | undefined> {
    const [row] = await manager.query<StoredVerification[]>(
      `select ${returned}, ${status} as status from "verification" v where ${condition} = $1`,
      [value],
    );
    return row;
  }

  /** Writes the event of a new state, in the log and for other systems. */
  private async ended(manager: EntityManager, verification: StoredVerification, by: ChangedBy): Promise<void> {
    await this.write(manager, 'model_updated', verification, by);
    const type = outgoing[verification.status];
    if (type === undefined) return;
    const { pk, status: state, email, method, externalId, redirectUrl, approvedAt, approvedBy } = verification;
    await this.outbox.add(manager, type, `verification/${pk}`, {
      ...{ pk, status: state, email, method, external_id: externalId, redirect_url: redirectUrl },
      ...{ approved_at: approvedAt, approved_by: approvedBy, data: verification.data, reason: verification.reason },
    });
  }

  /** Writes the event of a change, in the form of those of other objects, with the new state. */
  private write(
    manager: EntityManager,
    action: 'model_created' | 'model_updated' | 'model_deleted',
    { pk, email, status: state }: Pick<StoredVerification, 'pk' | 'email' | 'status'>,
    by: ChangedBy,
  ): Promise<void> {
    const model = { app: 'authentik_verifications', model_name: 'verification', pk, name: email };
    return this.events.write(manager, {
      action,
      app: 'authentik.verifications',
      context: { model, status: state, ...(action === 'model_updated' && { fields: ['status'] }) },
      ...by,
    });
  }
}
