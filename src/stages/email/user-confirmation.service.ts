import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { Idempotency } from '../../core/idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../../core/idempotency/idempotent-request.js';
import { User } from '../../core/users/user.entity.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import { linkTo } from '../../flow-execution/recovery.service.js';
import { type UnfinishedSignUp, UnfinishedSignUps } from '../../flow-execution/unfinished-sign-ups.service.js';
import { NotMeLinks } from '../../mail/not-me/not-me-links.service.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { ProofLimits } from '../../proofs/proof-limits.service.js';
import { AppError } from '../../rest/errors/app-error.js';
import { nonField, ValidationError } from '../../rest/errors/validation-error.js';
import { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';
import { linkMail, linkMinutes, mailLimitOf } from './link-mail.js';
import { planOfLink } from './proof-mail.js';
import { reasonNotToMail } from './recipient.js';

/** The rest of a sign-up, and the email stage that it continues with. */
interface Confirmation extends UnfinishedSignUp {
  readonly stage: EmailStage;
}

/** Mails the confirmation of a sign-up again, for administrators. */
@Injectable()
export class UserConfirmationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly idempotency: Idempotency,
    private readonly signUps: UnfinishedSignUps,
    private readonly limits: ProofLimits,
    private readonly tokens: FlowTokens,
    private readonly notMe: NotMeLinks,
    private readonly stages: EmailStageService,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Mails a link that continues the sign-up of a user, as the email stage of the sign-up does. It has no code: a code
   * belongs to the browser that waits for it.
   *
   * @param request with an idempotency key: a retry sends no second mail
   * @throws ValidationError if the user does not await confirmation, cannot get mail, or no flow confirms the address
   * @throws AppError `tooManyRequests` if the limit of the email stage is reached
   */
  async mail({ pk }: User, request: IdempotentRequest | undefined): Promise<void> {
    if ((await this.idempotency.earlier(request)) !== undefined) return;
    const unlocked = await this.dataSource.manager.findOneByOrFail(User, { pk });
    const { stage } = await this.confirmationOf(this.dataSource.manager, unlocked);
    await this.count(unlocked, stage);
    await this.idempotency.once(request, async (manager) => {
      // Otherwise the account could be confirmed meanwhile.
      const user = await manager.findOneOrFail(User, { where: { pk }, lock: { mode: 'for_no_key_update' } });
      await this.enqueue(manager, user, await this.confirmationOf(manager, user));
      return {};
    });
  }

  private async confirmationOf(manager: EntityManager, user: User): Promise<Confirmation> {
    if (!user.awaitsConfirmation) throw refusal('The user does not await confirmation.');
    if (user.email === '') throw refusal('User does not have an email address set.');
    const problem = reasonNotToMail(user.email);
    if (problem !== undefined) throw refusal(problem);
    const signUp = await this.signUps.find(manager, user);
    const [first] = signUp?.plan.bindings ?? [];
    if (signUp === undefined || first === undefined || !('stage' in first)) {
      throw refusal('No enrollment flow confirms the address of the user.');
    }
    return { ...signUp, stage: await manager.findOneByOrFail(EmailStage, { pk: first.stage }) };
  }

  /** Counts the mail like those that the user asks for. */
  private async count(user: User, stage: EmailStage): Promise<void> {
    const limit = mailLimitOf(stage);
    const recipient = { user, address: user.email, typedName: user.username };
    const verdict = await this.limits.countMail(recipient, limit, { clientIp: undefined });
    if (verdict.kind === 'limited') throw new AppError('tooManyRequests', String(verdict.wait));
    if (verdict.kind === 'suppressed') throw new AppError('tooManyRequests', String(limit.seconds));
  }

  private async enqueue(manager: EntityManager, user: User, { flow, plan, stage }: Confirmation): Promise<void> {
    const { pk, expires } = await this.tokens.issue(manager, {
      purpose: 'confirm',
      user,
      address: user.email,
      stage: stage.pk,
      plan: planOfLink(plan),
      minutes: linkMinutes(stage),
    });
    const notMe = await this.notMe.issue(manager, { kind: 'sign_up', user: user.pk, address: user.email, pk });
    await this.outbox.enqueue(
      manager,
      linkMail({
        stage,
        designation: flow.designation,
        from: await this.stages.fromAddressOf(manager, stage),
        user,
        address: user.email,
        link: linkTo(flow, pk),
        notMe: notMe.link,
        expires,
        locales: [],
      }),
    );
  }
}

function refusal(text: string): ValidationError {
  return new ValidationError({ [nonField]: [text] });
}
