import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { type MailedCode, ProofCodes } from '../proofs/proof-codes.service.js';
import { AppError } from '../rest/errors/app-error.js';
import { nonField, ValidationError } from '../rest/errors/validation-error.js';
import { message } from '../rest/messages/messages.js';
import { codeKeyOf } from './verification-mail.service.js';
import { codeRefusal, refusalOf } from './verification-refusal.js';
import { type ChangedBy, type StoredVerification, VerificationStore } from './verification-store.js';
import type { Verification } from './verification.entity.js';

const messages = {
  malformed: message('codeMalformed'),
  wrong: message('codeWrong'),
  expired: message('codeExpired'),
} as const;

/** Checks the codes that applications pass on. */
@Injectable()
export class VerificationCheck {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: VerificationStore,
    private readonly codes: ProofCodes,
  ) {}

  /**
   * Approves a verification by a code. After the approval the right code has the same result again, and counts as a try.
   *
   * @param clientIp address of the visitor; undefined if the application does not name it
   * @throws ValidationError if the code is wrong or expired, or the verification has ended
   * @throws AppError `tooManyRequests` if too many codes for the address were wrong
   */
  async check(verification: Verification, code: string, clientIp: string | undefined, by: ChangedBy): Promise<void> {
    const { pk, email, method, mails, expires, created } = verification;
    if (method === 'link') throw new ValidationError({ [nonField]: ['The mail of this verification has no code.'] });
    const before = await this.found(pk);
    if (!before.isOpen && before.status !== 'approved') throw refusalOf(before);
    const result = await this.codes.check({
      code,
      mail: mailedCode(verification),
      run: pk,
      recipient: { user: undefined, address: email, typedName: email },
      client: { clientIp },
      seconds: Math.ceil((expires.getTime() - created.getTime()) / 1000),
      spend: () => this.spend(pk, mails, by),
    });
    if (result.kind === 'right') return;
    if (result.kind === 'limited') throw new AppError('tooManyRequests', String(result.wait));
    if (result.kind === 'malformed') throw codeRefusal(messages.malformed, before);
    const isOver = result.kind === 'exhausted';
    const after = await this.dataSource.transaction(async (manager) =>
      isOver ? this.store.exhaust(manager, pk, by) : this.store.countWrong(manager, pk, by),
    );
    const current = after ?? (await this.found(pk));
    if (isOver && current.status === 'max_attempts') throw refusalOf(current);
    throw codeRefusal(isOver ? messages.wrong : messages[result.kind], current);
  }

  /** Whether the code has verified the address, by this request or an earlier one. */
  private async spend(pk: string, mails: number, by: ChangedBy): Promise<boolean> {
    const approved = await this.dataSource.transaction((manager) => this.store.approveByCode(manager, pk, mails, by));
    return (approved ?? (await this.store.find(pk)))?.status === 'approved';
  }

  private async found(pk: string): Promise<StoredVerification> {
    const verification = await this.store.find(pk);
    if (verification === undefined) throw new AppError('notFound');
    return verification;
  }
}

/** All mails of a verification share one count of guesses. */
function mailedCode(verification: Verification): MailedCode {
  return { key: codeKeyOf(verification), counter: verification.pk, expires: verification.codeExpires.getTime() };
}
