import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { administrator } from '../core/bootstrap/bootstrap-names.js';
import { User } from '../core/users/user.entity.js';
import { linkUrl } from '../database/link-secret.js';
import { SecretBox } from '../database/secret-box.js';
import { EventLog } from '../events/event-log.js';
import { ValidationError } from '../rest/errors/validation-error.js';
import { FlowTokens } from './flow-token.service.js';
import { linkTo, Recovery } from './recovery.service.js';

/** Validity of the link in minutes. */
const firstSignInMinutes = 60;

/** Where the link leads to, once the administrator has a password. */
const consolePath = '/console/';

/** The first sign-in of the administrator, who has no password yet: by a link that the start shows on its terminal. */
@Injectable()
export class FirstSignIn {
  private readonly logger = new Logger('Bootstrap');

  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly recovery: Recovery,
    private readonly tokens: FlowTokens,
    private readonly events: EventLog,
  ) {}

  /**
   * Returns a link of the recovery flow that can be used once, and ends the links that were shown before.
   *
   * @param url of the service, without a trailing slash
   * @returns undefined if the administrator has a password or is not there, or if no recovery flow applies
   */
  async link(url: string): Promise<string | undefined> {
    try {
      return await this.dataSource.transaction((manager) => this.create(manager, url));
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      this.logger.warn(`No link for the first sign-in of ${administrator}: no recovery flow applies to the account.`);
      return undefined;
    }
  }

  private async create(manager: EntityManager, url: string): Promise<string | undefined> {
    // Several processes may start at once: the last one's link is valid.
    const lock = { mode: 'for_no_key_update' } as const;
    const user = await manager.findOne(User, { where: { username: administrator, passwordHash: '' }, lock });
    if (user === null) return undefined;
    const { flow, plan } = await this.recovery.plan(manager, user);
    plan.context.shown_link = 'first_sign_in';
    await this.tokens.supersedeShown(manager, user.pk);
    const { pk } = await this.tokens.issue(manager, {
      purpose: 'recovery',
      user,
      address: user.email,
      stage: null,
      plan,
      minutes: firstSignInMinutes,
    });
    await this.events.write(manager, {
      action: 'secret_view',
      app: 'authentik.core',
      context: {
        message: 'A link for the first sign-in was shown at the start.',
        affected_user: { pk: user.pk, username: user.username },
      },
    });
    const query = new URLSearchParams({ next: consolePath }).toString();
    return linkUrl({ ...linkTo(flow, pk), query }, url, this.secrets);
  }
}
