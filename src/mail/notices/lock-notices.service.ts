import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { mailboxOf } from '../../core/limits/mailbox.js';
import { RequestLimits } from '../../core/limits/request-limits.service.js';
import type { User } from '../../core/users/user.entity.js';
import { SecretBox } from '../../database/secret-box.js';
import { NoticeMail } from './notice-mail.service.js';

/** Seconds after a notice without another one about the same account. */
const period = 86_400;

/** Stands for the address of an account that does not exist or gets no mail. */
const nowhere = 'nobody@example.invalid';

/** Rolls back what was done only to take the same time. */
class IntendedRollback extends Error {}

/**
 * Mails owners that guesses of passwords or codes for their account are limited, once a day (NIST SP 800-63B-4, 4.6).
 */
@Injectable()
export class LockNotices {
  constructor(
    private readonly mails: NoticeMail,
    private readonly limits: RequestLimits,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Call it for each guess that is refused because the account is limited. For unknown users, and for accounts that get
   * no notice, it counts and does the same work and rolls that back, so that the time reveals nothing.
   *
   * @param name what the visitor typed
   */
  async notify(
    manager: EntityManager,
    { user, name, locales }: { user: User | undefined; name: string; locales: readonly string[] },
  ): Promise<void> {
    const account = user === undefined ? `name:${mailboxOf(name)}` : `user:${user.pk}`;
    const key = `notice:locked:${this.secrets.identifier(account)}`;
    if ((await this.limits.number(manager, key, period)) > 1) return;
    const reader = user !== undefined && this.mails.canReach(user, user.email) ? user : undefined;
    try {
      await manager.transaction(async (nested) => {
        await this.mails.enqueue(nested, {
          user: reader,
          address: reader?.email ?? nowhere,
          link: 'change',
          template: 'email/account_locked.html',
          locales,
          values: {},
        });
        if (reader === undefined) throw new IntendedRollback();
      });
    } catch (error) {
      if (!(error instanceof IntendedRollback)) throw error;
    }
  }
}
