import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { StoredLink } from '../../database/link-secret.js';
import { inSavepoint } from '../../database/savepoint.js';
import { requestedRunKey } from '../../flow-execution/confirm-stage.executor.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import { newLinkParameter } from '../../flow-execution/link-refusals.service.js';
import type { FlowPlan, SentLink } from '../../flow-execution/plan.js';
import { NotMeLinks } from '../../mail/not-me/not-me-links.service.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { AccountChoice } from './account-choice.service.js';
import type { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';
import { ExistingAccountMail } from './existing-account-mail.js';
import { codeMinutes, linkMail, linkMinutes } from './link-mail.js';
import type { Recipient } from './recipient.js';

/** Maximum length of the query that a link preserves. */
const maxQueryLength = 2000;

/** Sends the mails that prove an address. Token and mail are stored with the plan in one transaction. */
@Injectable()
export class ProofMail {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly tokens: FlowTokens,
    private readonly outbox: Outbox,
    private readonly stages: EmailStageService,
    private readonly notMe: NotMeLinks,
    private readonly existing: ExistingAccountMail,
    private readonly clock: DatabaseClock,
    private readonly choice: AccountChoice,
  ) {}

  /**
   * Sends a mail, which invalidates the links that this run has sent before. For unknown users it does the same work and
   * rolls back, so that neither response nor timing reveals anything. For a sign-up with the address of an existing
   * account it mails the owner of the account instead, and sends the link to no one. For a recovery by the address of
   * several accounts it mails a link for each; the returned link then stands for none of them, nor does any code.
   */
  async send(execution: Execution<EmailStage>, recipient: Recipient): Promise<SentLink> {
    let link = this.undeliveredLink(execution, recipient);
    execution.remember(requestedRunKey, execution.plan.execution);
    await inSavepoint(execution.manager, async (nested) => {
      const token = await this.issueAndEnqueue(nested, execution, recipient);
      const isSent = recipient.user !== undefined || recipient.owner !== undefined;
      if (isSent && token !== undefined) link = { ...link, token };
      return isSent;
    });
    return link;
  }

  /** Returns a link that is sent to no one. */
  undeliveredLink({ stage, plan }: Execution<EmailStage>, { address }: Recipient): SentLink {
    const sent = this.clock.now();
    const codeExpires = sent + codeMinutes(stage) * 60_000;
    return { stage: stage.pk, execution: plan.execution, address, token: randomUUID(), codeExpires, sent };
  }

  /** @returns the key of the token; undefined if each account of the mail has one of its own */
  private async issueAndEnqueue(
    manager: EntityManager,
    execution: Execution<EmailStage>,
    recipient: Recipient,
  ): Promise<string | undefined> {
    const { stage, plan, flow, query, visitor } = execution;
    const { user, owner, address } = recipient;
    const linkTo = (key: string): StoredLink => ({
      path: `/if/flow/${flow.slug}/`,
      query: queryOf(query),
      parameter: 'flow_token',
      key,
    });
    if (this.settings.mailEndsOlderLinks) await this.tokens.supersede(manager, plan.execution, stage.pk);
    const links = { plan: planOfLink(plan), linkTo };
    if (await this.choice.send(manager, execution, recipient, links)) return undefined;
    const { pk, expires } = await this.tokens.issue(manager, {
      purpose: 'confirm',
      user: { pk: user?.pk ?? null, email: user?.email ?? address },
      address,
      stage: stage.pk,
      plan: links.plan,
      minutes: linkMinutes(stage),
    });
    if (owner !== undefined) {
      await this.existing.send(manager, { stage, owner, address, locales: visitor.locales, deadline: expires });
      return pk;
    }
    // Only in a sign-up: elsewhere the additional statement would reveal that the account is unconfirmed.
    const isSignUp = flow.designation === 'enrollment' && user?.awaitsConfirmation === true;
    const notMe = isSignUp
      ? await this.notMe.issue(manager, { kind: 'sign_up', user: user.pk, address, pk })
      : undefined;
    const mail = linkMail({
      stage,
      designation: flow.designation,
      from: await this.stages.fromAddressOf(manager, stage),
      user: user ?? { username: address, name: '', attributes: {}, awaitsConfirmation: true },
      address,
      isAddressNew: isNewAddress(plan, recipient),
      link: linkTo(pk),
      notMe: notMe?.link,
      codeKey: pk,
      expires,
      locales: visitor.locales,
    });
    await this.outbox.enqueue(manager, mail);
    return pk;
  }
}

/** Whether the account has not got the address yet. A recovery by a further address is mailed to one that it has proved. */
function isNewAddress({ context }: FlowPlan, { user, address }: Recipient): boolean {
  const isTyped = (context.email ?? '') !== '' && address !== user?.email;
  return isTyped || context.prompt_data?.['email'] === address;
}

/** Returns the plan that the link of an email stage restores: it starts at this stage, with the mail marked as sent. */
export function planOfLink(plan: FlowPlan): FlowPlan {
  const { is_restored: _, email_link: __, ...context } = plan.context;
  return { ...plan, context: { ...context, email_sent: true } };
}

/** Returns the query of the page without what concerns an older link; empty if it is too long. */
function queryOf(query: URLSearchParams): string {
  const kept = new URLSearchParams(query);
  for (const name of ['flow_token', newLinkParameter]) kept.delete(name);
  const text = kept.toString();
  return text.length > maxQueryLength ? '' : text;
}
