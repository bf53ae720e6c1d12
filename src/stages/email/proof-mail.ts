import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { askedHere } from '../../flow-execution/confirm-stage.executor.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import type { FlowPlan, SentLink } from '../../flow-execution/plan.js';
import { MailSenders } from '../../mail/delivery/mail-senders.js';
import { NotMeLinks } from '../../mail/not-me/not-me-links.service.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import type { EmailStage } from './email-stage.entity.js';
import { ExistingAccountMail } from './existing-account-mail.js';
import { codeMinutes, linkMail, linkMinutes } from './link-mail.js';
import type { Recipient } from './recipient.js';

/** Longest query that a link takes along. */
const longestQuery = 2000;

/** Rolls back work that was only done for its time. */
class IntendedRollback extends Error {}

/** Sends the mails that prove an address: token, mail and plan are there together, or none of them. */
@Injectable()
export class ProofMail {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly tokens: FlowTokens,
    private readonly outbox: Outbox,
    private readonly senders: MailSenders,
    private readonly notMe: NotMeLinks,
    private readonly existing: ExistingAccountMail,
  ) {}

  /**
   * Has a mail sent, which ends the links that were sent before in this run. For unknown users it does the same work
   * and rolls back, so that neither the answer nor its time reveals anything. A sign-up with an address that has an
   * account has a mail sent to the owner of the account instead, and its link is sent to no one.
   */
  async send(execution: Execution<EmailStage>, recipient: Recipient): Promise<SentLink> {
    let link = this.unsent(execution, recipient);
    execution.remember(askedHere, execution.plan.execution);
    try {
      await execution.manager.transaction(async (nested) => {
        const token = await this.issueAndEnqueue(nested, execution, recipient);
        if (recipient.user === undefined && !recipient.hasAccount) throw new IntendedRollback();
        link = { ...link, token };
      });
    } catch (error) {
      if (!(error instanceof IntendedRollback)) throw error;
    }
    return link;
  }

  /** A link that is sent to no one. */
  unsent({ stage, plan }: Execution<EmailStage>, { address }: Recipient): SentLink {
    const codeExpires = Date.now() + codeMinutes(stage) * 60_000;
    return { stage: stage.pk, execution: plan.execution, address, token: randomUUID(), codeExpires };
  }

  private async issueAndEnqueue(
    manager: EntityManager,
    { stage, plan, flow, query, visitor }: Execution<EmailStage>,
    { user, hasAccount, address }: Recipient,
  ): Promise<string> {
    if (this.settings.mailEndsOlderLinks) await this.tokens.supersede(manager, plan.execution, stage.pk);
    const { pk, expires } = await this.tokens.issue(manager, {
      purpose: 'confirm',
      user: { pk: user?.pk ?? null, email: user?.email ?? address },
      address,
      stage: stage.pk,
      plan: planBehind(plan),
      minutes: linkMinutes(stage),
    });
    if (hasAccount) {
      await this.existing.send(manager, { stage, address, locales: visitor.locales, deadline: expires });
      return pk;
    }
    // Only where the account was just made: elsewhere a statement more would say that the account is not confirmed.
    const isSignUp = flow.designation === 'enrollment' && user?.awaitsConfirmation === true;
    const notMe = isSignUp
      ? await this.notMe.issue(manager, { kind: 'sign_up', user: user.pk, address, pk })
      : undefined;
    const mail = linkMail({
      stage,
      globalSender: this.senders.global().fromAddress,
      user: user ?? { username: address, name: '', attributes: {}, awaitsConfirmation: true },
      address,
      isAddressNew: address !== user?.email || plan.context.prompt_data?.['email'] === address,
      link: { path: `/if/flow/${flow.slug}/`, query: queryOf(query), parameter: 'flow_token', key: pk },
      notMe: notMe?.link,
      codeKey: pk,
      expires,
      locales: visitor.locales,
    });
    await this.outbox.enqueue(manager, mail);
    return pk;
  }
}

/** The plan that the link leads to: it begins with this stage, which has sent its mail. */
function planBehind(plan: FlowPlan): FlowPlan {
  const { is_restored: _, email_link: __, ...context } = plan.context;
  return { ...plan, context: { ...context, email_sent: true } };
}

/** The page's query without an older link; what is longer than any that we make is left out. */
function queryOf(query: URLSearchParams): string {
  const kept = new URLSearchParams(query);
  kept.delete('flow_token');
  const text = kept.toString();
  return text.length > longestQuery ? '' : text;
}
