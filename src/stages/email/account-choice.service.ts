import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { isAddress, isForeignAddress, nameKey } from '../../core/users/names/account-names.js';
import { localeOf } from '../../core/users/settings-of.js';
import type { StoredLink } from '../../database/link-secret.js';
import { inSavepoint } from '../../database/savepoint.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens, type TokenTarget } from '../../flow-execution/flow-token.service.js';
import type { FlowPlan } from '../../flow-execution/plan.js';
import { Outbox } from '../../mail/outbox/outbox.service.js';
import { statedIn } from '../../proofs/proof-times.js';
import { negotiateLanguage } from '../../templating/language/locale.js';
import type { EmailStage } from './email-stage.entity.js';
import { EmailStageService } from './email-stage.service.js';
import { linkMinutes } from './link-mail.js';
import { subjectOf } from './mail-defaults.js';
import type { Recipient } from './recipient.js';

const template = 'email/account_choice.html';

/** Maximum number of accounts in one mail. The others can be recovered by their user names. */
const maxAccounts = 10;

/** An account in a mail with a choice. */
interface Choice {
  readonly pk: number;
  readonly username: string;
  readonly email: string;
}

/** What the links of a mail have in common. */
interface LinksOfMail {
  /** The plan that the links restore, apart from its pending user. */
  readonly plan: FlowPlan;
  /** Returns the link with a token. */
  readonly linkTo: (token: string) => StoredLink;
}

/** Mails the owner of an address of several accounts a link for each account, if they typed the address to recover one. */
@Injectable()
export class AccountChoice {
  constructor(
    private readonly tokens: FlowTokens,
    private readonly outbox: Outbox,
    private readonly stages: EmailStageService,
  ) {}

  /**
   * Issues a token for each account with the address, and queues the mail with the links. It has no code: a code names no
   * account. Takes the same time for any number of accounts, including none.
   *
   * @returns false if the mail is for one account or none, and not queued here
   */
  async send(
    manager: EntityManager,
    execution: Execution<EmailStage>,
    recipient: Recipient,
    { plan, linkTo }: LinksOfMail,
  ): Promise<boolean> {
    const { flow, stage, visitor } = execution;
    const { user, address } = recipient;
    if (flow.designation !== 'recovery' || !isAddress(plan.context.typed_identifier ?? '')) return false;
    const choices = await this.find(manager, execution, recipient);
    const common = { purpose: 'confirm', address, stage: stage.pk, minutes: linkMinutes(stage) } as const;
    const missing = maxAccounts + 1 - Math.max(1, choices.length);
    const unknown: TokenTarget[] = new Array<TokenTarget>(missing).fill({ user: { pk: null, email: address }, plan });
    await inSavepoint(manager, async (nested) => {
      await this.tokens.issueEach(nested, common, unknown);
      return false;
    });
    if (choices.length === 0) return false;
    const targets = choices.map((choice) => ({ user: choice, plan: planFor(plan, choice) }));
    const { keys, expires } = await this.tokens.issueEach(manager, common, targets);
    await this.outbox.enqueue(manager, {
      stage: stage.pk,
      fromAddress: await this.stages.fromAddressOf(manager, stage),
      recipient: { name: '', address },
      template,
      subject: subjectOf(stage),
      locale: negotiateLanguage([...(user === undefined ? [] : localeOf(user.attributes)), ...visitor.locales]),
      data: {
        user: { username: address, name: '', email: address },
        choices: choices.map(({ username }, index) => ({ username, link: linkTo(String(keys[index])) })),
        expires: statedIn(expires),
      },
      deadline: expires,
    });
    return true;
  }

  /**
   * Returns the active accounts with exactly the address that the mail goes to, the identified one first. Empty if the mail
   * is for one account: the visitor has proved which account is theirs, or a policy decides about a stage up to this one,
   * which another account may not pass. Runs the same statement for unknown users.
   */
  private async find(
    manager: EntityManager,
    { plan }: Execution<EmailStage>,
    { user, address }: Recipient,
  ): Promise<Choice[]> {
    const { typed_identifier: typed = '', proved_account: proved } = plan.context;
    const [current] = plan.bindings;
    const found = await manager.query<Choice[]>(accountsWithAddress, [
      address,
      user?.pk ?? null,
      current !== undefined && 'binding' in current ? current.binding : null,
      maxAccounts,
    ]);
    const isOfSeveral = found.length > 1 && found[0]?.pk === user?.pk;
    return isOfSeveral && proved === undefined && !isForeignAddress(typed, address) ? found : [];
  }
}

/** Returns the plan with an account as its pending user, which the page of the link shows by name. */
function planFor(plan: FlowPlan, { pk }: Choice): FlowPlan {
  const { pending_user_identifier: _, ...context } = plan.context;
  return { ...plan, context: { ...context, pending_user: { pk } } };
}

/**
 * The accounts that can be recovered by the address $1, best first: the account $2, then those that proved the address
 * first. They have proved it, or have it as their primary one and have proved none.
 */
const accountsWithAddress = `
  select u.id as pk, u.username, u.email
    from "account_address" a join "user" u on u.id = a.user_id
   where ${nameKey('a.address')} = ${nameKey('$1::text')} and a.address = $1 and a.until is null
     and u.is_active and (a.proved is not null or u.email = $1 and not exists (
       select from "account_address" p where p.user_id = u.id and p.until is null and p.proved is not null))
     and not exists (
       select from "flow_stage_binding" current
              join "flow_stage_binding" b on b.target_uuid = current.target_uuid
                and (b."order", b.fsb_uuid) <= (current."order", current.fsb_uuid)
              join "policy_binding" p on p.fsb_uuid = b.fsb_uuid and p.enabled
        where current.fsb_uuid = $3)
   order by u.id = $2 desc, a.proved nulls last, a.since nulls last, u.id
   limit $4`;
