import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { localeOf } from '../../core/users/settings-of.js';
import { User } from '../../core/users/user.entity.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { addressProblem } from '../../syntax/email-address.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import type { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';

const template = 'email/account_exists.html';

/** A sign-up with an address that has an account. */
export interface SignUpWithTakenAddress {
  readonly stage: EmailStage;
  /** Key of the account that has the address. */
  readonly owner: number;
  /** Languages of the request, BCP 47, best first. */
  readonly locales: readonly string[];
  readonly deadline: Date;
}

/** Mails the owner of an account that a sign-up used its address, with links to sign-in and recovery. */
@Injectable()
export class ExistingAccountMail {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly outbox: Outbox,
    private readonly stages: EmailStageService,
  ) {}

  /** Queues the mail to the address of the account. Deactivated accounts and service accounts get none. */
  async send(manager: EntityManager, { stage, owner: pk, locales, deadline }: SignUpWithTakenAddress): Promise<void> {
    const owner = await manager.findOneBy(User, { pk });
    if (owner === null || !(owner.isActive || owner.awaitsConfirmation)) return;
    if (!['internal', 'external'].includes(owner.type)) return;
    if (addressProblem('recipient', owner.email) !== undefined) return;
    const site = publicUrl(this.settings);
    await this.outbox.enqueue(manager, {
      stage: stage.pk,
      fromAddress: await this.stages.fromAddressOf(manager, stage),
      recipient: { name: '', address: owner.email },
      template,
      subject: null,
      locale: negotiateLanguage([...localeOf(owner.attributes), ...locales]),
      data: {
        user: { username: owner.email, name: '', email: owner.email },
        values: {
          url: `${site}/flows/-/default/authentication/`,
          recovery_url: `${site}/flows/-/default/recovery/`,
        },
      },
      deadline,
    });
  }
}
