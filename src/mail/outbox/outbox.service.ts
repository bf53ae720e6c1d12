import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { traced, traceparent } from '../../config/tracing.js';
import { SecretBox } from '../../database/secret-box.js';
import { asciiDomainOf } from '../../syntax/email-address.js';
import { defaultSubjectOf } from '../rendering/subject.js';
import { displayName } from './display-name.js';
import { MessageStore } from './message-store.js';
import type { StoredMailData } from './stored-mail-data.js';

/** A mail to queue. */
export interface NewMail {
  /** Sending stage, whose connection settings are read at the time of sending; null: the service itself. */
  readonly stage: string | null;
  /** Named transport in place of the stage, read at the time of sending too. */
  readonly transport?: string;
  readonly fromAddress: string;
  /** `name` may be any text; `displayName` makes it safe for a header. */
  readonly recipient: { readonly name: string; readonly address: string };
  readonly template: string;
  /** Null for the default of the template, with the name of the service. */
  readonly subject: string | null;
  readonly locale: string;
  readonly data: StoredMailData;
  /** Not sent after this time. */
  readonly deadline: Date | null;
}

/** Queue of outgoing mails. */
@Injectable()
export class Outbox {
  constructor(
    private readonly store: MessageStore,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Queues a mail in the caller's transaction; it is sent only if the transaction commits.
   *
   * @returns the message's key
   */
  async enqueue(manager: EntityManager, mail: NewMail): Promise<string> {
    const pk = randomUUID();
    await traced('queue mail', { kind: 'PRODUCER', attributes: { 'messaging.message.id': pk } }, () =>
      this.add(manager, pk, mail),
    );
    return pk;
  }

  private async add(manager: EntityManager, pk: string, mail: NewMail): Promise<void> {
    const trace = traceparent();
    await this.store.add(manager, {
      pk,
      messageId: `${pk}@${asciiDomainOf(mail.fromAddress)}`,
      stageId: mail.stage,
      transportId: mail.transport ?? null,
      template: mail.template,
      subject: mail.subject ?? defaultSubjectOf(mail.template),
      data: {
        ...mail.data,
        secretKeyId: this.secrets.keyId,
        ...(mail.subject === null && { hasDefaultSubject: true }),
        ...(trace !== undefined && { traceparent: trace }),
      },
      recipientName: displayName(mail.recipient.name),
      recipientAddress: mail.recipient.address,
      fromAddress: mail.fromAddress,
      locale: mail.locale,
      deadline: mail.deadline,
    });
  }

  /** Discards a mail, unless it is final or is being sent. */
  async discard(manager: EntityManager, pk: string, reason: string): Promise<void> {
    await this.store.end(manager, pk, 'discarded', reason);
  }

  /** Discards queued mails that contain one of these revoked links. */
  async withdraw(
    manager: EntityManager,
    links: readonly { readonly pk: string; readonly address: string }[],
  ): Promise<void> {
    if (links.length > 0) await this.store.discardLinks(manager, links);
  }
}
