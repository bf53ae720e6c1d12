import { randomBytes, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { AccountChanges } from '../core/users/account-changes.js';
import { SecretBox } from '../database/secret-box.js';
import { message } from '../rest/messages/messages.js';
import { ConsentChallengeDto, ConsentChallengeResponseRequestDto } from './dto/consent-challenge.dto.js';
import type { Execution } from './execution.js';
import type { FlowState } from './flow-state.js';
import { confirmStage, FlowTokens } from './flow-token.service.js';
import { LinkRefusals } from './link-refusals.service.js';
import { waitOf } from './plan-step.js';
import { recordProof } from './proved-account.js';
import type { InMemoryStageExecutor, StageOutcome } from './stage-executor.js';

const component = 'ak-stage-consent';

/** Session key of the token that was last spent in the session. */
export const spentTokenKey = 'confirm:spent';

/** Session key of the run in which the session last requested a mail. */
export const requestedRunKey = 'confirm:asked';

/** Session key of the wait (`waitOf`) that the last confirmed link has ended. */
const endedWaitKey = 'confirm:wait';

/** Session key of the seed that button tokens are derived from. */
const buttonSeedKey = 'confirm:seed';

/**
 * Shows a button to visitors who open a link, and spends the link's token when it is pressed. Opening the link proves
 * nothing: mail scanners open links too, and run scripts.
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
      header_text: message(execution.plan.context.shown_link === undefined ? 'confirmMail' : 'useLink'),
      permissions: [],
      additional_permissions: [],
      token: this.buttonToken(execution),
    };
    return { kind: 'challenge', challenge };
  }

  async handleResponse(execution: Execution<undefined>, body: unknown): Promise<StageOutcome> {
    if (!isButtonResponse(this.buttonToken(execution), body)) return this.show(execution);
    const { manager, flow, plan, visitor } = execution;
    const { is_restored: token, pending_user: user } = plan.context;
    if (token === undefined || user === undefined || !('pk' in user)) return { kind: 'denied' };
    // Read before the token is spent: the proof does not cover later changes of the account.
    const pending = await execution.pendingUser();
    const claim = {
      purposes: ['confirm', 'recovery'] as const,
      flow: flow.pk,
      user: user.pk,
      execution: plan.execution,
      by: 'link' as const,
    };
    if (!(await this.tokens.spend(manager, token, claim))) {
      const state = await this.tokens.stateOf(manager, token, flow.pk);
      const remember = execution.remember.bind(execution);
      return {
        kind: 'denied',
        message: await this.refusals.refuse({ manager, flow, visitor, token, state, remember }),
      };
    }
    execution.remember(spentTokenKey, token);
    const [, next] = plan.bindings;
    if (next !== undefined && 'stage' in next) execution.remember(endedWaitKey, waitOf(plan.execution, next.stage));
    if (pending?.kind === 'known') recordProof(plan.context, pending.user);
    if (execution.remembered(requestedRunKey) !== plan.execution) {
      const proof = await this.tokens.proofOf(manager, token);
      const change = { kind: 'link', user: user.pk, locales: visitor.locales } as const;
      // A recovery link was requested by an administrator, so there is no browser to compare.
      if (proof?.purpose === 'confirm') await this.changes.announce(manager, change);
    }
    return { kind: 'passed' };
  }

  /**
   * Returns the token that the button sends, which proves that the page was shown to this browser: another site cannot
   * submit a link on behalf of its visitors. It is constant for the session, so that no tab becomes stale.
   */
  private buttonToken(execution: Execution<undefined>): string {
    const known = execution.remembered(buttonSeedKey);
    const seed = typeof known === 'string' ? known : randomBytes(32).toString('hex');
    if (seed !== known) execution.remember(buttonSeedKey, seed);
    return this.secrets.identifier(`confirm:${seed}:${execution.plan.context.is_restored ?? ''}`);
  }
}

/** Whether a link that was confirmed in this session has ended a wait of one of its tabs. */
export function hasEnded(wait: string, { memory }: FlowState): boolean {
  return Object.hasOwn(memory, endedWaitKey) && memory[endedWaitKey] === wait;
}

/** Whether a body is exactly the response of the button. */
function isButtonResponse(button: string, body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  const { component: answered = component, token, ...more } = body as Record<string, unknown>;
  if (answered !== component || typeof token !== 'string' || Object.keys(more).length > 0) return false;
  const [given, wanted] = [Buffer.from(token), Buffer.from(button)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
