import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { isProved } from '../../core/addresses/proved-addresses.js';
import { RequestLimits } from '../../core/limits/request-limits.service.js';
import { type AccountChange, AccountChanges } from '../../core/users/account-changes.js';
import { User } from '../../core/users/user.entity.js';
import { EventLog } from '../../events/event-log.js';
import { type Notice, NoticeMail } from './notice-mail.service.js';

/** Maximum notices of one kind per account and day. The last one says that it is the last. */
const maxPerDay = 5;
const daySeconds = 86_400;

const templates: Readonly<Record<AccountChange['kind'], string>> = {
  password: 'email/password_changed.html',
  address: 'email/address_changed.html',
  further_address: 'email/further_address.html',
  token: 'email/token_created.html',
  link: 'email/link_confirmed_elsewhere.html',
};

/**
 * Notifies users of changes to their accounts (NIST SP 800-63B-4, 4.6) in the transaction that makes the change. A new
 * address is unproved, so the earlier one gets the notice if it was proved; the mail that proves the new one is its
 * notice.
 */
@Injectable()
export class AccountNotices {
  constructor(
    private readonly mails: NoticeMail,
    private readonly limits: RequestLimits,
    private readonly events: EventLog,
    changes: AccountChanges,
  ) {
    changes.register((manager, change) => this.notify(manager, change));
  }

  private async notify(manager: EntityManager, change: AccountChange): Promise<void> {
    const user = await manager.findOneBy(User, { pk: change.user });
    const address = change.kind === 'address' ? change.from : (user?.email ?? '');
    if (user === null || !this.mails.canReach(user, address)) return;
    // An unproved address may belong to someone else, and the link would give them the account.
    if (change.kind === 'address' && !(await isProved(manager, user.pk, address))) return;
    const number = await this.limits.number(manager, `notice:${change.kind}:${user.pk}`, daySeconds);
    if (number > maxPerDay) {
      if (number === maxPerDay + 1) await this.report(manager, change);
      return;
    }
    await this.mails.enqueue(manager, {
      user,
      address,
      link: change.kind === 'address' ? 'address' : 'change',
      template: templates[change.kind],
      locales: change.locales,
      values: {
        ...valuesOf(change),
        ...(number === maxPerDay && { is_last: true }),
      },
    });
  }

  private report(manager: EntityManager, { kind, user }: AccountChange): Promise<void> {
    const message = `An account has had ${maxPerDay} notices of changes in a day, so further ones are not mailed.`;
    const context = { message, change: kind, affected_user: { pk: user } };
    return this.events.write(manager, { action: 'suspicious_request', app: 'authentik.core', context });
  }
}

/** The values of a template beside those of all notices. */
function valuesOf(change: AccountChange): Notice['values'] {
  switch (change.kind) {
    case 'token':
      return { title: change.identifier };
    case 'further_address':
      return { title: change.address, is_removed: change.isRemoved };
    case 'address':
      return { is_kept: change.isKept === true };
    default:
      return {};
  }
}
