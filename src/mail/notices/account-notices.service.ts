import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type AccountChange, AccountChanges } from '../../core/users/account-changes.js';
import { localeOf } from '../../core/users/settings-of.js';
import { User } from '../../core/users/user.entity.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import { MailSenders } from '../delivery/mail-senders.js';
import type { NotMeKind } from '../not-me/not-me-link.entity.js';
import { NotMeLinks } from '../not-me/not-me-links.service.js';
import { Outbox } from '../outbox/outbox.service.js';
import { defaultSubjects } from '../rendering/subject.js';
import { reasonToRefuseAddress } from '../transport/refusals.js';

const templates: Readonly<Record<AccountChange['kind'], string>> = {
  password: 'email/password_changed.html',
  address: 'email/address_changed.html',
  token: 'email/token_created.html',
  link: 'email/link_confirmed_elsewhere.html',
};

/**
 * Mails users what happened to their accounts (NIST SP 800-63B-4, 4.6), from the service's own sender, in the
 * transaction that makes the change. Accounts that wait for confirmation, are deactivated or belong to programs get
 * none: their address is not proved, or nobody reads it.
 */
@Injectable()
export class AccountNotices {
  constructor(
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly links: NotMeLinks,
    changes: AccountChanges,
  ) {
    changes.register((manager, change) => this.notify(manager, change));
  }

  private async notify(manager: EntityManager, change: AccountChange): Promise<void> {
    const user = await manager.findOneBy(User, { pk: change.user, isActive: true });
    if (user === null || !['internal', 'external'].includes(user.type)) return;
    if (change.kind !== 'address') return this.mail(manager, user, change, user.email, 'change');
    await this.mail(manager, user, change, change.from, 'address');
    // The new address is not proved, so its mail undoes nothing.
    await this.mail(manager, user, change, user.email, undefined);
  }

  private async mail(
    manager: EntityManager,
    user: User,
    change: AccountChange,
    address: string,
    kind: NotMeKind | undefined,
  ): Promise<void> {
    if (reasonToRefuseAddress('recipient', address) !== undefined) return;
    const notMe = kind && (await this.links.issue(manager, { kind, user: user.pk, address }));
    // A stranger to the account may have the new address: no text of its user reaches them.
    const { username, name } = notMe === undefined ? { username: address, name: '' } : user;
    const template = templates[change.kind];
    await this.outbox.enqueue(manager, {
      stage: null,
      fromAddress: this.senders.global().fromAddress,
      recipient: { name, address },
      template,
      subject: defaultSubjects[template] ?? '',
      locale: negotiateLanguage([...localeOf(user.attributes), ...change.locales]),
      data: {
        user: { username, name, email: address },
        ...(notMe !== undefined && { link: notMe.link, expires: notMe.expires.toISOString() }),
        ...(change.kind === 'token' && { values: { title: change.identifier } }),
      },
      deadline: notMe?.expires ?? null,
    });
  }
}
