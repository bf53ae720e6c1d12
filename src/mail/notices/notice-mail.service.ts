import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { localeOf } from '../../core/users/settings-of.js';
import type { User } from '../../core/users/user.entity.js';
import { addressProblem } from '../../syntax/email-address.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import { MailSenders } from '../delivery/mail-senders.js';
import type { NotMeKind } from '../not-me/not-me-link.entity.js';
import { NotMeLinks } from '../not-me/not-me-links.service.js';
import { Outbox } from '../outbox/outbox.service.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';

/** A notice to the owner of an account. */
export interface Notice {
  /** Undefined without an account; the caller then rolls back. */
  readonly user: Pick<User, 'pk' | 'username' | 'name' | 'attributes'> | undefined;
  readonly address: string;
  /** Effect of its "this was not me" link. */
  readonly link: NotMeKind;
  readonly template: string;
  /** Preferred languages of the request (BCP 47), after the user's own. */
  readonly locales: readonly string[];
  readonly values: NonNullable<StoredMailData['values']>;
}

/** Queues notices to owners of accounts, from the service's own sender, with a "this was not me" link. */
@Injectable()
export class NoticeMail {
  constructor(
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly links: NotMeLinks,
  ) {}

  /**
   * Whether a notice about an account may be sent to the address. Unconfirmed, deactivated and service accounts get
   * none: their address is unproved or unread.
   */
  canReach({ isActive, awaitsConfirmation, type }: User, address: string): boolean {
    const hasReader = isActive && !awaitsConfirmation && ['internal', 'external'].includes(type);
    return hasReader && addressProblem('recipient', address) === undefined;
  }

  /** Queues a notice in the caller's transaction. */
  async enqueue(
    manager: EntityManager,
    { user, address, link: kind, template, locales, values }: Notice,
  ): Promise<void> {
    const { link, expires } = await this.links.issue(manager, { kind, user: user?.pk ?? null, address });
    const { username, name, attributes } = user ?? { username: address, name: '', attributes: {} };
    await this.outbox.enqueue(manager, {
      stage: null,
      fromAddress: this.senders.global().from.address,
      recipient: { name, address },
      template,
      subject: null,
      locale: negotiateLanguage([...localeOf(attributes), ...locales]),
      data: { user: { username, name, email: address }, link, expires: expires.toISOString(), values },
      deadline: expires,
    });
  }
}
