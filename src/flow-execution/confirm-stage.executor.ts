import { randomBytes, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AccountChanges } from '../core/users/account-changes.js';
import { SecretBox } from '../database/secret-box.js';
import { message } from '../rest/messages/messages.js';
import { ConsentChallengeDto, ConsentChallengeResponseRequestDto } from './dto/consent-challenge.dto.js';
import type { Execution } from './execution.js';
import { confirmStage, FlowTokens } from './flow-token.service.js';
import { LinkRefusals } from './link-refusals.service.js';
import { noteProof } from './proved-account.js';
import type { InMemoryStageExecutor, StageOutcome } from './stage-executor.js';

const component = 'ak-stage-consent';

/** Under which a session remembers the token that it has spent last. */
export const spentHere = 'confirm:spent';

/** Under which a session remembers the run in which it asked for a mail last. */
export const askedHere = 'confirm:asked';

/** Under which a session remembers what its buttons are derived from. */
const buttonSeed = 'confirm:seed';

/**
 * Asks whoever has opened a link to press a button, and spends the link's token when they have. Opening it is no proof:
 * mail scanners open links too, and run the scripts that they find (flow execution, section 5).
 */
@Injectable()
export class ConfirmStageExecutor implements InMemoryStageExecutor {
  readonly name = confirmStage;
  readonly challenge = ConsentChallengeDto;
  readonly response = ConsentChallengeResponseRequestDto;

  constructor(
    private readonly tokens: FlowTokens,
    private readonly refusals: LinkRefusals,
    private readonly secrets: SecretBox,
    private readonly changes: AccountChanges,
  ) {}

  async show(execution: Execution<undefined>): Promise<StageOutcome> {
    const challenge = {
      component,
      ...(await execution.userInfo()),
      header_text: message('confirmMail'),
      permissions: [],
      additional_permissions: [],
      token: this.buttonOf(execution),
    };
    return { kind: 'challenge', challenge };
  }

  async answer(execution: Execution<undefined>, body: unknown): Promise<StageOutcome> {
    if (!isAnswerWith(this.buttonOf(execution), body)) return this.show(execution);
    const { manager, flow, plan, visitor } = execution;
    const { is_restored: token, pending_user: user } = plan.context;
    if (token === undefined || user === undefined || !('pk' in user)) return { kind: 'denied' };
    // As it was before: what changes from here on, the run has not proved.
    const pending = await execution.pendingUser();
    const claim = {
      purposes: ['confirm', 'recovery'] as const,
      flow: flow.pk,
      user: user.pk,
      execution: plan.execution,
    };
    if (!(await this.tokens.spend(manager, token, claim))) {
      const state = await this.tokens.stateOf(manager, token, flow.pk);
      return { kind: 'denied', message: await this.refusals.refuse({ manager, flow, visitor, token, state }) };
    }
    execution.remember(spentHere, token);
    if (pending?.kind === 'known') noteProof(plan.context, pending.user);
    if (execution.remembered(askedHere) !== plan.execution) {
      const proof = await this.tokens.proofOf(manager, token);
      const change = { kind: 'link', user: user.pk, locales: visitor.locales } as const;
      // An administrator's link is asked for in no browser of the user.
      if (proof?.purpose === 'confirm') await this.changes.announce(manager, change);
    }
    return { kind: 'passed' };
  }

  /**
   * What the button sends back: it tells that the page was shown to this browser. A page elsewhere that has a link of
   * its own cannot press it for its visitors. The same for as long as the session, so that no tab gets out of date.
   */
  private buttonOf(execution: Execution<undefined>): string {
    const known = execution.remembered(buttonSeed);
    const seed = typeof known === 'string' ? known : randomBytes(32).toString('hex');
    if (seed !== known) execution.remember(buttonSeed, seed);
    return this.secrets.identifier(`confirm:${seed}:${execution.plan.context.is_restored ?? ''}`);
  }
}

/** Nothing but the button's own answer will do. */
function isAnswerWith(button: string, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { component: answered = component, token, ...more } = body as Record<string, unknown>;
  if (answered !== component || typeof token !== 'string' || Object.keys(more).length > 0) return false;
  const [given, wanted] = [Buffer.from(token), Buffer.from(button)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
