import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { MailSenders } from '../mail/delivery/mail-senders.js';
import { Outbox } from '../mail/outbox/outbox.service.js';
import type { ProofSource } from '../proofs/proof-sources.js';
import type { Verification } from './verification.entity.js';

/** The shipped template. */
export const verificationTemplate = 'email/verification.html';

/** The shipped template for an address of a user: a stranger may have added the address to their own account. */
export const addressTemplate = 'email/address_verification.html';

const shippedTemplates: readonly string[] = [verificationTemplate, addressTemplate];

/** The subject of mails with a custom template and without a stage. */
const subject = 'Confirm your email address';

/** Path of the page that a link opens, and name of the query parameter for the secret. */
export const verifyPath = '/if/verify/';
export const verifyParameter = 'token';

/** What a mail is made of. */
export type MailedVerification = Pick<
  Verification,
  'pk' | 'email' | 'method' | 'template' | 'locale' | 'mails' | 'codeExpires' | 'expires' | 'redirectUrl' | 'stageId'
>;

/** Returns the key that the secret of a verification's link is derived from, with a prefix that no other link uses. */
export function linkKeyOf(pk: string): string {
  return `verification:${pk}`;
}

/** Returns the key of the code in a mail. @param mails number of the mail */
export function codeKeyOf({ pk, mails }: Pick<Verification, 'pk' | 'mails'>): string {
  return `verification:${pk}:${mails}`;
}

/** Queues the mails of verifications. */
@Injectable()
export class VerificationMail {
  constructor(
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
  ) {}

  /**
   * Queues a mail with what its method names, in the caller's transaction.
   *
   * @param source undefined for the global settings
   * @returns the key of the message
   */
  enqueue(manager: EntityManager, verification: MailedVerification, source: ProofSource | undefined): Promise<string> {
    const { pk, email, method, template, locale, codeExpires, expires, redirectUrl, stageId } = verification;
    return this.outbox.enqueue(manager, {
      stage: source === undefined ? null : stageId,
      fromAddress: source?.fromAddress ?? this.senders.global().from.address,
      recipient: { name: '', address: email },
      template,
      subject: source?.subject ?? (shippedTemplates.includes(template) ? null : subject),
      locale,
      data: {
        user: { username: email, name: '', email },
        ...(method !== 'code' && {
          link: { path: verifyPath, query: '', parameter: verifyParameter, key: linkKeyOf(pk) },
          expires: expires.toISOString(),
        }),
        ...(method !== 'link' && { codeKey: codeKeyOf(verification), codeExpires: codeExpires.toISOString() }),
        // The code is entered in the application.
        codeOrigin: redirectUrl === null ? null : new URL(redirectUrl).origin,
      },
      deadline: method === 'code' ? codeExpires : expires,
    });
  }

  /** Discards the mail of a verification that has ended, if it waits. */
  async discard(manager: EntityManager, message: string): Promise<void> {
    await this.outbox.discard(manager, message, 'Its verification has ended.');
  }
}
