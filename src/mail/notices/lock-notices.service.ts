import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { mailboxOf } from '../../core/limits/mailbox.js';
import { RequestLimits } from '../../core/limits/request-limits.service.js';
import type { User } from '../../core/users/user.entity.js';
import { inSavepoint } from '../../database/savepoint.js';
import { SecretBox } from '../../database/secret-box.js';
import { NoticeMail } from './notice-mail.service.js';

/** Seconds between notices about the same account. */
const intervalSeconds = 86_400;

/** Placeholder address for accounts that do not exist or get no mail. */
const placeholderAddress = 'nobody@example.invalid';

/**
 * Notifies owners, at most once a day, that password or code guesses for their account are rate-limited (NIST SP
 * 800-63B-4, 4.6).
 */
@Injectable()
export class LockNotices {
  constructor(
    private readonly mails: NoticeMail,
    private readonly limits: RequestLimits,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Must be called for each rate-limited guess. For unknown users and accounts that get no notice it does the same work
   * and rolls back, so that timing reveals nothing.
   *
   * @param name what the visitor typed
   */
  async notify(
    manager: EntityManager,
    { user, name, locales }: { user: User | undefined; name: string; locales: readonly string[] },
  ): Promise<void> {
    const account = user === undefined ? `name:${mailboxOf(name)}` : `user:${user.pk}`;
    const key = `notice:locked:${this.secrets.identifier(account)}`;
    if ((await this.limits.number(manager, key, intervalSeconds)) > 1) return;
    const reader = user !== undefined && this.mails.canReach(user, user.email) ? user : undefined;
    await inSavepoint(manager, async (nested) => {
      await this.mails.enqueue(nested, {
        user: reader,
        address: reader?.email ?? placeholderAddress,
        link: 'change',
        template: 'email/account_locked.html',
        locales,
        values: {},
      });
      return reader !== undefined;
    });
  }
}
