import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { displayName } from './display-name.js';
import { MessageStore } from './message-store.js';
import type { StoredMailData } from './stored-mail-data.js';

/** A mail to send. */
export interface NewMail {
  /** The stage that sends it; its connection settings at the moment of sending count. */
  readonly stage: string | null;
  readonly fromAddress: string;
  /** The name may be any text: what a header shows of it is what `displayName` makes of it. */
  readonly recipient: { readonly name: string; readonly address: string };
  readonly template: string;
  readonly subject: string;
  readonly locale: string;
  readonly data: StoredMailData;
  /** After this moment it is not sent any more. */
  readonly deadline: Date | null;
}

/** Takes mails that are to be sent. */
@Injectable()
export class Outbox {
  constructor(private readonly store: MessageStore) {}

  /**
   * Takes a mail in the caller's transaction: if it commits the mail will be sent, if not it never existed.
   *
   * @returns the message's key
   */
  async enqueue(manager: EntityManager, mail: NewMail): Promise<string> {
    const pk = randomUUID();
    await this.store.add(manager, {
      pk,
      messageId: `${pk}@${domainOf(mail.fromAddress)}`,
      stageId: mail.stage,
      template: mail.template,
      subject: mail.subject,
      data: mail.data,
      recipientName: displayName(mail.recipient.name),
      recipientAddress: mail.recipient.address,
      fromAddress: mail.fromAddress,
      locale: mail.locale,
      deadline: mail.deadline,
    });
    return pk;
  }

  /** Discards mails that wait to be sent and bring one of these links, which have ended. */
  async withdraw(
    manager: EntityManager,
    links: readonly { readonly pk: string; readonly address: string }[],
  ): Promise<void> {
    if (links.length > 0) await this.store.discardLinks(manager, links);
  }
}

/** The sender's domain, for `Message-ID` (RFC 5322, 3.6.4). */
function domainOf(address: string): string {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  return domain === '' ? 'localhost' : domain;
}
