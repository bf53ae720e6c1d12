import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { ownerToNotify } from '../../core/addresses/proved-addresses.js';
import { localeOf } from '../../core/users/settings-of.js';
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
  /** The address of the sign-up, as the visitor typed it. */
  readonly address: string;
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

  /**
   * Queues the mail to that address, if the account has proved it, or else to the primary one. Deactivated accounts and
   * service accounts get none.
   */
  async send(manager: EntityManager, signUp: SignUpWithTakenAddress): Promise<void> {
    const { stage, owner: pk, locales, deadline } = signUp;
    const owner = await ownerToNotify(manager, pk, signUp.address);
    if (owner === undefined || addressProblem('recipient', owner.address) !== undefined) return;
    const { address, attributes } = owner;
    const site = publicUrl(this.settings);
    await this.outbox.enqueue(manager, {
      stage: stage.pk,
      fromAddress: await this.stages.fromAddressOf(manager, stage),
      recipient: { name: '', address },
      template,
      subject: null,
      locale: negotiateLanguage([...localeOf(attributes), ...locales]),
      data: {
        user: { username: address, name: '', email: address },
        values: {
          url: `${site}/flows/-/default/authentication/`,
          recovery_url: `${site}/flows/-/default/recovery/`,
        },
      },
      deadline,
    });
  }
}
