import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import type { Caller } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import { UserAddresses } from '../core/addresses/user-addresses.service.js';
import { Idempotency } from '../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../core/idempotency/idempotent-request.js';
import { RequestLimits } from '../core/limits/request-limits.service.js';
import { AccountChanges } from '../core/users/account-changes.js';
import { localeOf } from '../core/users/settings-of.js';
import type { User } from '../core/users/user.entity.js';
import { DatabaseClock } from '../database/database-clock.js';
import { linkSecret, secretDigest } from '../database/link-secret.js';
import { SecretBox } from '../database/secret-box.js';
import { ProofLimits } from '../proofs/proof-limits.service.js';
import { type ProofSource, ProofSources } from '../proofs/proof-sources.js';
import { codeMinutesOf } from '../proofs/proof-times.js';
import { everyRow } from '../rest/access/route-access.js';
import { AppError } from '../rest/errors/app-error.js';
import { secondsIn } from '../rest/fields/duration.js';
import { negotiateLanguage } from '../templating/language/locale.js';
import type { UserAddressVerificationRequestDto } from './dto/user-address-verification.dto.js';
import type { NewVerification, VerificationDto, VerificationRequestDto } from './dto/verification.dto.js';
import { addressTemplate, linkKeyOf, VerificationMail, verificationTemplate } from './verification-mail.service.js';
import { refusalOf } from './verification-refusal.js';
import { type ChangedBy, VerificationStore } from './verification-store.js';
import { Verification } from './verification.entity.js';
import { verificationColumns, verificationResponse, type VerificationRow } from './verification.mapper.js';

/** What applies without a stage: the defaults of an email stage. */
const defaults = { minutes: 30, limit: { source: 'verification', times: 5, seconds: 300 } };

/** Starts, resends and cancels verifications for applications. */
@Injectable()
export class VerificationService extends ResourceStore<
  Verification,
  VerificationRow,
  VerificationDto,
  VerificationRequestDto
> {
  constructor(
    dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly store: VerificationStore,
    private readonly mails: VerificationMail,
    private readonly sources: ProofSources,
    private readonly limits: ProofLimits,
    private readonly requests: RequestLimits,
    private readonly idempotency: Idempotency,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
    private readonly addresses: UserAddresses,
    changes: AccountChanges,
  ) {
    super(dataSource, {
      entity: Verification,
      alias: 'verification',
      columns: verificationColumns,
      creator: 'createdById',
    });
    changes.registerLockedEnding((manager, user) => this.cancelOfUser(manager, user));
  }

  /**
   * Starts a verification: it and its mail are stored in one transaction.
   *
   * @throws AppError `tooManyRequests` if the caller, the client or the recipient has reached a limit
   */
  async start(
    request: NewVerification,
    by: Caller,
    clientIp: string,
    idempotent: IdempotentRequest | undefined,
  ): Promise<VerificationDto> {
    const earlier = await this.idempotency.earlier<VerificationDto>(idempotent);
    if (earlier !== undefined) return earlier;
    if (typeof request.user === 'number') await this.addresses.requireProvable(request.user, request.email, by);
    return this.begin(request, by, clientIp, idempotent);
  }

  /**
   * Mails the link that verifies an address of a user, for the user or a caller who may change the user.
   *
   * @throws AppError `forbidden` or `signInTooOld`, and as `start`
   * @throws ValidationError if the user does not have the address, or has verified it
   */
  async startForUser(
    { pk, attributes }: User,
    { address, redirect_url = null }: UserAddressVerificationRequestDto,
    by: Caller,
    clientIp: string,
    idempotent: IdempotentRequest | undefined,
  ): Promise<VerificationDto> {
    const earlier = await this.idempotency.earlier<VerificationDto>(idempotent);
    if (earlier !== undefined) return earlier;
    const isOwner = await this.addresses.requireUnproved(pk, address, by);
    const [locale] = localeOf(attributes);
    const request = {
      ...({ email: address, method: 'link', redirect_url, user: pk } as const),
      ...(locale !== undefined && { locale }),
      ...(isOwner && { client_ip: clientIp }),
    };
    return this.begin(request, by, clientIp, idempotent, isOwner ? by : undefined);
  }

  /** @param owner the caller, if the address is theirs and they may change nothing of other users */
  private async begin(
    request: NewVerification,
    by: Caller,
    clientIp: string,
    idempotent: IdempotentRequest | undefined,
    owner?: Caller,
  ): Promise<VerificationDto> {
    const { stage = null } = request;
    const source = stage === null ? undefined : await this.sources.find(stage);
    await this.count(request.email, source, by, request.client_ip);
    return this.idempotency.once(idempotent, async (manager) => {
      const { user, email } = request;
      if (typeof user === 'number') await this.addresses.lockProvable(manager, user, email, owner);
      const verification = this.verificationOf(request, source, by);
      const message = await this.mails.enqueue(manager, verification, source);
      await this.store.add(manager, { ...verification, message }, { user: by.identity, clientIp });
      return this.read(manager, verification.pk, everyRow);
    });
  }

  /**
   * Mails a verification again, with a new code.
   *
   * @throws ValidationError if it has ended
   * @throws AppError `tooManyRequests`, as `start`
   */
  async resend(
    { pk, email, expires, stageId }: Verification,
    by: Caller,
    visitorIp: string | undefined,
    idempotent: IdempotentRequest | undefined,
  ): Promise<VerificationDto> {
    const earlier = await this.idempotency.earlier<VerificationDto>(idempotent);
    if (earlier !== undefined) return earlier;
    const current = await this.store.find(pk);
    if (current?.isOpen === false) throw refusalOf(current);
    const source = stageId === null ? undefined : await this.sources.find(stageId);
    await this.count(email, source, by, visitorIp);
    return this.idempotency.once(idempotent, async (manager) => {
      const codeExpires = this.codeExpiry(expires);
      const number = await this.store.startResend(manager, pk, { keyHash: this.keyHash(pk), codeExpires });
      const verification = await manager.findOneBy(Verification, { pk });
      if (verification === null) throw new AppError('notFound');
      if (number === undefined) throw refusalOf(await this.store.find(pk, manager));
      await this.store.finishResend(manager, pk, await this.mails.enqueue(manager, verification, source));
      return this.read(manager, pk, everyRow);
    });
  }

  /**
   * Ends a verification. Canceled twice it is the same.
   *
   * @throws ValidationError if it has ended in another way
   */
  async cancel({ pk }: Verification, by: ChangedBy): Promise<VerificationDto> {
    const canceled = await this.dataSource.transaction(async (manager) => {
      const changed = await this.store.cancel(manager, pk, by);
      if (changed !== undefined) await this.mails.discard(manager, changed.message);
      return changed;
    });
    const current = canceled ?? (await this.store.find(pk));
    if (current?.status !== 'canceled') throw refusalOf(current);
    return this.read(this.dataSource.manager, pk, everyRow);
  }

  /** Deletes a verification, and its mail if that still waits. */
  async delete(verification: Verification, by: ChangedBy): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const message = await this.store.remove(manager, verification, by);
      if (message !== undefined) await this.mails.discard(manager, message);
    });
  }

  /** Cancels the open verifications of a user: a person with the earlier credentials may have started them. */
  private async cancelOfUser(manager: EntityManager, user: number): Promise<void> {
    for (const message of await this.store.cancelOfUser(manager, user)) await this.mails.discard(manager, message);
  }

  protected responses({ rows }: ReadRows<VerificationRow, never>): VerificationDto[] {
    return rows.map(verificationResponse);
  }

  /** Counts a mail before it is queued, across processes. */
  private async count(
    email: string,
    source: ProofSource | undefined,
    { pk }: Caller,
    clientIp: string | undefined,
  ): Promise<void> {
    const perCaller = { times: this.settings.verificationCallerLimit, seconds: 60 };
    const wait = await this.requests.count(`verification:caller:${pk}`, perCaller);
    if (wait > 0) throw new AppError('tooManyRequests', String(wait));
    const { limit } = source ?? defaults;
    const recipient = { user: undefined, address: email, typedName: email };
    const verdict = await this.limits.countMail(recipient, limit, { clientIp });
    if (verdict.kind === 'limited') throw new AppError('tooManyRequests', String(verdict.wait));
    // The mails of flows have used up the limit. The application names the address itself, so it may know.
    if (verdict.kind === 'suppressed') throw new AppError('tooManyRequests', String(limit.seconds));
  }

  private verificationOf(
    request: NewVerification,
    source: ProofSource | undefined,
    by: Caller,
  ): Omit<Verification, 'created' | 'createdBy' | 'user' | 'approvedAt' | 'approvedBy' | 'message'> {
    const {
      email,
      method = 'both',
      stage = null,
      template,
      locale,
      data = {},
      expires_in: duration,
      user = null,
    } = request;
    const pk = randomUUID();
    const { minutes } = source ?? defaults;
    const seconds = duration === undefined ? minutes * 60 : secondsIn(duration);
    const expires = new Date(this.clock.now() + seconds * 1000);
    return {
      pk,
      keyHash: this.keyHash(pk),
      email,
      method,
      status: 'pending',
      stageId: stage,
      template: template ?? source?.template ?? (user === null ? verificationTemplate : addressTemplate),
      locale: negotiateLanguage(locale === undefined ? [] : [locale]),
      redirectUrl: request.redirect_url ?? null,
      data,
      externalId: request.external_id ?? '',
      mails: 1,
      codeExpires: this.codeExpiry(expires),
      attempts: 0,
      createdById: by.pk,
      userId: user,
      expires,
    };
  }

  /** A code never lives longer than the verification. */
  private codeExpiry(expires: Date): Date {
    const now = this.clock.now();
    const minutes = codeMinutesOf((expires.getTime() - now) / 60_000);
    return new Date(now + minutes * 60_000);
  }

  private keyHash(pk: string): Buffer {
    return secretDigest(linkSecret(linkKeyOf(pk), this.secrets));
  }
}
