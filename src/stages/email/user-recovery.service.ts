import { Injectable } from '@nestjs/common';

import type { Caller } from '../../core/access/caller.js';
import { Authority } from '../../core/authority/authority.service.js';
import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import type { User } from '../../core/users/user.entity.js';
import { Recovery } from '../../flow-execution/recovery.service.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { restrict } from '../../rest/access/visible.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';
import { linkMail, linkMinutes } from './link-mail.js';

/** Mails recovery links to users, for administrators. */
@Injectable()
export class UserRecoveryService {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly recovery: Recovery,
    private readonly outbox: Outbox,
    private readonly stages: EmailStageService,
    private readonly authority: Authority,
  ) {}

  /**
   * Mails a recovery link with the settings of an email stage.
   *
   * @param stageKey the stage in the request
   * @param by the caller; only stages that they may view are found
   * @param request with an idempotency key: a retry sends no second mail
   * @throws AppError `forbidden` if the caller may not take over the account
   * @throws ValidationError if the user has no address, there is no recovery flow for them, or no such stage
   */
  async mail(user: User, stageKey: unknown, by: Caller, request: IdempotentRequest | undefined): Promise<void> {
    if (user.email === '') throw invalidRequest('User does not have an email address set.');
    const visible = by.viewable('authentik_stages_email.emailstage');
    await this.idempotency.once(request, async (manager) => {
      await this.authority.requireSignInChange(manager, by, user.pk);
      const target = await this.recovery.plan(manager, user);
      const pk = parseUuid(stageKey);
      const stages = manager.createQueryBuilder(EmailStage, 'stage').where('stage.pk = :pk', { pk });
      const stage = pk === undefined ? null : await restrict(stages, visible).getOne();
      if (stage === null) throw invalidRequest('Email stage does not exist.');
      const { link, expires } = await this.recovery.linkFor(manager, user, target, stage.pk, linkMinutes(stage));
      await this.outbox.enqueue(
        manager,
        linkMail({
          stage,
          designation: 'recovery',
          from: await this.stages.fromAddressOf(manager, stage),
          user,
          address: user.email,
          link,
          expires,
          locales: [],
        }),
      );
      return {};
    });
  }
}

function invalidRequest(message: string): ValidationError {
  return new ValidationError({ [nonField]: [message] });
}
