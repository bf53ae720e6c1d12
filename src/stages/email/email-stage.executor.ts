import { Injectable } from '@nestjs/common';

import type { ProofMethod } from '../../core/addresses/account-address.entity.js';
import { noteProvedAddress } from '../../core/addresses/proved-addresses.js';
import { Credentials } from '../../core/users/credentials.service.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { spentTokenKey } from '../../flow-execution/confirm-stage.executor.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowTokens } from '../../flow-execution/flow-token.service.js';
import type { SentLink } from '../../flow-execution/plan.js';
import { lockProvedUser, recordOwnChange, recordProof } from '../../flow-execution/proved-account.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { FlowStageBinding } from '../../flows/flow-stage-binding.entity.js';
import { ProofLimits } from '../../proofs/proof-limits.service.js';
import { type Message, message } from '../../rest/messages/messages.js';
import { choosePassword, passwordChosenKey } from '../prompt/choose-password.executor.js';
import { hasUpcomingPrompt } from '../prompt/has-upcoming-prompt.js';
import { ownValue, passwordKey } from '../prompt/prompt-form.js';
import { openPasswordHash } from '../prompt/sealed-password-hash.js';
import { takeTypedPassword } from '../prompt/typed-password.js';
import { AddressCorrection } from './address-correction.js';
import { EmailChallengeDto, EmailChallengeResponseRequestDto } from './dto/email-challenge.dto.js';
import { EmailCodes } from './email-codes.js';
import type { EmailStage } from './email-stage.entity.js';
import { codeMinutes, linkMinutes, mailLimitOf } from './link-mail.js';
import { ProofMail } from './proof-mail.js';
import { type Recipient, reasonNotToMail, recipientOf, recoveredAddress } from './recipient.js';
import { TemplateCheck } from './template-check.js';

const component = 'ak-stage-email';

/** The response to a resend. authentik words it as an error, which keeps clients on the challenge. */
const resent: StageOutcome = {
  kind: 'rejected',
  errors: { non_field_errors: [message('mailResent')] },
};

const confirmedElsewhere: StageOutcome = {
  kind: 'challenge',
  challenge: {
    component,
    confirmed: true,
    response_errors: { non_field_errors: [message('confirmedElsewhere')] },
  },
};

/**
 * Mails a link and a code to the pending user, and passes when one of them was used. The only proof is a spent token of
 * this run, stage and address, never anything in a request.
 */
@Injectable()
export class EmailStageExecutor implements StageExecutor<EmailStage> {
  readonly kind = 'email';
  readonly challenge = EmailChallengeDto;
  readonly response = EmailChallengeResponseRequestDto;

  constructor(
    private readonly tokens: FlowTokens,
    private readonly mails: ProofMail,
    private readonly templates: TemplateCheck,
    private readonly codes: EmailCodes,
    private readonly limits: ProofLimits,
    private readonly events: EventLog,
    private readonly credentials: Credentials,
    private readonly secrets: SecretBox,
    private readonly corrections: AddressCorrection,
    private readonly clock: DatabaseClock,
  ) {}

  async show(execution: Execution<EmailStage>): Promise<StageOutcome> {
    const recipient = await this.findRecipient(execution);
    if (recipient === undefined) return withoutUser(execution);
    const decided = await this.outcomeOfProof(execution, recipient);
    if (decided !== undefined) return decided;
    const { manager, plan, stage } = execution;
    if (lastLink(execution, recipient) === undefined) {
      const failed = await this.send(execution, recipient);
      if (failed !== undefined) return failed;
    } else if (await this.tokens.isUsedElsewhere(manager, plan.execution, stage.pk)) {
      return confirmedElsewhere;
    }
    addWaitMessage(execution, this.clock.now());
    const lifetimes = { link_minutes: stage.tokenExpiry, code_minutes: codeMinutes(stage) };
    return { kind: 'challenge', challenge: { component, ...lifetimes } };
  }

  async handleResponse(execution: Execution<EmailStage>, body: unknown): Promise<StageOutcome> {
    const { code, change_address: isCorrected = false } = await execution.read(EmailChallengeResponseRequestDto, body);
    // A response to another stage, such as a double click, must not send a mail.
    if (responseComponent(body) !== component) return this.show(execution);
    const recipient = await this.findRecipient(execution);
    if (recipient === undefined) return withoutUser(execution);
    const decided = await this.outcomeOfProof(execution, recipient);
    if (decided !== undefined) return decided;
    if (isCorrected) return this.goBack(execution);
    if (code !== undefined) return this.submitCode(execution, recipient, code);
    // The flow restarts, and sends the mail when it reaches this stage again.
    if (await restartsOnInvalidResponse(execution)) return resent;
    return (await this.send(execution, recipient, message('mailSent'))) ?? resent;
  }

  /** Lets the visitor correct what they typed, unless the link was used already. */
  private async goBack(execution: Execution<EmailStage>): Promise<StageOutcome> {
    const { manager, plan, stage } = execution;
    if (await this.tokens.isUsedElsewhere(manager, plan.execution, stage.pk)) return confirmedElsewhere;
    return (await this.corrections.start(execution)) ? { kind: 'replaced' } : this.show(execution);
  }

  private async findRecipient(execution: Execution<EmailStage>): Promise<Recipient | undefined> {
    await mailNewAddress(execution);
    const pending = await execution.pendingUser();
    if (pending === undefined) return undefined;
    const { plan, stage, flow } = execution;
    return recipientOf(pending, plan.context, stage, flow, await recoveredAddress(execution, pending));
  }

  /** Returns the outcome for the token that this run has spent; undefined if it has spent none for this stage. */
  private async outcomeOfProof(
    execution: Execution<EmailStage>,
    { user, address }: Recipient,
  ): Promise<StageOutcome | undefined> {
    const { manager, plan, stage } = execution;
    const { is_restored: token } = plan.context;
    const proof = token === undefined ? undefined : await this.tokens.proofOf(manager, token);
    if (proof === undefined) return undefined;
    if (proof.user === null || user?.pk !== proof.user) {
      await this.logSuspiciousRequest(execution, 'A link was used for a user other than the one it was issued for.');
      return { kind: 'denied' };
    }
    const isOfThisRun = proof.execution === plan.execution && proof.address === address;
    // An administrator's link passes every email stage of the run; a mailed one only the stage that sent it.
    if (!isOfThisRun || (proof.purpose === 'confirm' && proof.stage !== stage.pk)) return undefined;
    // A link without a stage was only shown to an administrator, and proves nothing about the mailbox.
    const isMailed = proof.stage !== null;
    return this.pass(execution, proof.user, isMailed ? { address, method: proof.method } : undefined);
  }

  /** @param proved the address, and how it was proved; undefined if no mail proved it */
  private async pass(
    execution: Execution<EmailStage>,
    user: number,
    proved: { readonly address: string; readonly method: ProofMethod | null } | undefined,
  ): Promise<StageOutcome> {
    if (proved !== undefined) {
      const { manager, plan } = execution;
      plan.context.proved_address = proved.address;
      await noteProvedAddress(manager, user, proved.address, { method: proved.method, run: plan.execution });
    }
    if (execution.stage.activateUserOnSuccess) {
      if (await hasUnverifiedPassword(execution, user)) {
        const { manager, plan, session } = execution;
        const typed = takeTypedPassword(execution, user);
        if (typed === undefined && !(await hasUpcomingPrompt(manager, plan, passwordKey))) {
          execution.insertBefore(choosePassword);
          return { kind: 'passed' };
        }
        // Without a typed one a later form asks for a password; until then the account has none.
        const passwordHash = typed === undefined ? '' : openPasswordHash(typed, this.secrets);
        const locked = await lockProvedUser(manager, plan.context, user);
        if (locked === 'changed') return { kind: 'denied', message: message('accountChanged') };
        await this.credentials.setPassword(manager, { pk: user }, passwordHash, { session });
        await recordOwnChange(manager, plan.context, user);
      }
      // Does not activate accounts that an administrator has deactivated.
      await execution.manager.query(
        `update "user" set is_active = true, awaits_confirmation = false where id = $1 and awaits_confirmation`,
        [user],
      );
    }
    if (proved !== undefined) execution.message('success', message('addressConfirmed'));
    return { kind: 'passed' };
  }

  /**
   * Sends a mail, unless a limit is reached.
   *
   * @param success message for the visitor once the mail is sent
   * @returns an outcome only if the run cannot continue
   */
  private async send(
    execution: Execution<EmailStage>,
    recipient: Recipient,
    success?: Message,
  ): Promise<StageOutcome | undefined> {
    const { plan, stage, visitor } = execution;
    const verdict = await this.limits.countMail(recipient, mailLimitOf(stage), visitor);
    const unknownRecipient = { ...recipient, user: undefined, owner: undefined };
    if (verdict.kind === 'limited') {
      const last = lastLink(execution, recipient) ?? this.mails.undeliveredLink(execution, recipient);
      plan.context.email_link = { ...last, notBefore: this.clock.now() + verdict.wait * 1000 };
    } else {
      if (!(await this.templates.passes(execution))) return { kind: 'denied' };
      const isMailed = recipient.user !== undefined || recipient.owner !== undefined;
      const problem = isMailed ? reasonNotToMail(recipient.address) : undefined;
      if (problem !== undefined) {
        await this.logUnreachable(execution, recipient, problem);
        if (mayRevealUser(execution, recipient)) return { kind: 'denied', message: message('mailImpossible') };
      }
      const isSuppressed = verdict.kind === 'suppressed' || problem !== undefined;
      plan.context.email_link = await this.mails.send(execution, isSuppressed ? unknownRecipient : recipient);
      if (success !== undefined) execution.message('success', success);
    }
    plan.context.email_sent = true;
    return undefined;
  }

  private async submitCode(
    execution: Execution<EmailStage>,
    recipient: Recipient,
    code: string,
  ): Promise<StageOutcome> {
    const link = lastLink(execution, recipient);
    const seconds = linkMinutes(execution.stage) * 60;
    const result = await this.codes.check(execution, recipient, link, code, seconds);
    if (result.kind === 'right') {
      execution.plan.context.is_restored = result.token;
      execution.remember(spentTokenKey, result.token);
      if (recipient.user !== undefined) recordProof(execution.plan.context, recipient.user);
      return this.pass(execution, result.user, { address: recipient.address, method: 'code' });
    }
    if (result.kind === 'exhausted') {
      if (await this.limits.isFirst(`codes:${result.token}`, 86_400)) {
        await this.logSuspiciousRequest(execution, 'Too many wrong codes were typed.');
      }
    }
    return { kind: 'rejected', errors: { code: [result.message] } };
  }

  private logSuspiciousRequest(
    { manager, stage, flow, visitor }: Execution<EmailStage>,
    message: string,
  ): Promise<void> {
    return this.events.write(manager, {
      action: 'suspicious_request',
      app: 'authentik.stages.email',
      context: { message, stage: { pk: stage.pk, name: stage.name }, flow: { pk: flow.pk, slug: flow.slug } },
      clientIp: visitor.clientIp,
    });
  }

  private logUnreachable(
    { manager, stage, visitor }: Execution<EmailStage>,
    { user }: Recipient,
    reason: string,
  ): Promise<void> {
    return this.events.write(manager, {
      action: 'configuration_error',
      app: 'authentik.stages.email',
      context: {
        message: `Cannot send a mail to a user: ${reason}`,
        stage: { pk: stage.pk, name: stage.name },
        affected_user: { pk: user?.pk, username: user?.username },
      },
      clientIp: visitor.clientIp,
    });
  }
}

/**
 * Makes the new address that a signed-in visitor has typed in this run the recipient, in place of the current one. This
 * proves nothing about the account (`hasProof`).
 */
async function mailNewAddress(execution: Execution<EmailStage>): Promise<void> {
  const { visitor, plan } = execution;
  const { user } = visitor;
  const address = ownValue(plan.context.prompt_data ?? {}, 'email');
  if (user === undefined || typeof address !== 'string' || address === '' || address === user.email) return;
  const pending = await execution.pendingUser();
  if (pending === undefined) execution.setPendingUser({ pk: user.pk });
  else if (pending.kind !== 'known' || pending.user.pk !== user.pk) return;
  plan.context.email = address;
}

/** Returns the component that a response is for; default: this stage's. */
function responseComponent(body: unknown): unknown {
  return (body as { component?: unknown }).component ?? component;
}

function withoutUser(execution: Execution<EmailStage>): StageOutcome {
  execution.message('error', message('noPendingUser'));
  return { kind: 'denied' };
}

/** Returns the last link that this stage mailed to this address in this run. */
function lastLink({ plan, stage }: Execution<EmailStage>, { address }: Recipient): SentLink | undefined {
  const { email_link: last } = plan.context;
  const isOfThis = last?.stage === stage.pk && last.execution === plan.execution && last.address === address;
  return isOfThis ? last : undefined;
}

/** Whether an invalid response restarts the flow. */
async function restartsOnInvalidResponse({ manager, plan }: Execution<EmailStage>): Promise<boolean> {
  const [current] = plan.bindings;
  if (current === undefined || !('binding' in current)) return false;
  const binding = await manager.findOneBy(FlowStageBinding, { pk: current.binding });
  return binding !== null && binding.invalidResponseAction !== 'retry';
}

/** Whether the visitor may learn that the user exists: it is their own account, just created or signed in to. */
function mayRevealUser({ flow, visitor }: Execution<EmailStage>, { user }: Recipient): boolean {
  return flow.designation === 'enrollment' || (user !== undefined && visitor.user?.pk === user.pk);
}

/** Adds a message with the time to wait, while a limit prevents a mail. */
function addWaitMessage(execution: Execution<EmailStage>, now: number): void {
  const { notBefore = 0 } = execution.plan.context.email_link ?? {};
  const seconds = (notBefore - now) / 1000;
  if (seconds <= 0) return;
  const minutes = Math.max(1, Math.ceil(seconds / 60));
  execution.message('error', message('tooManyMails', { minutes }));
}

/**
 * Whether a user who awaits confirmation has a password that was entered in another browser, before the address was
 * proved. The person who signed up may not own the mailbox.
 */
async function hasUnverifiedPassword(execution: Execution<EmailStage>, user: number): Promise<boolean> {
  if (execution.remembered(passwordChosenKey) === user) return false;
  const [row] = await execution.manager.query<{ typed: boolean }[]>(
    `select password_hash <> '' as typed from "user" where id = $1 and awaits_confirmation`,
    [user],
  );
  return row?.typed ?? false;
}
