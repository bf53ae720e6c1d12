import { Inject, Injectable } from '@nestjs/common';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { isProved } from '../../core/addresses/proved-addresses.js';
import { Sessions } from '../../core/sessions/session.service.js';
import type { Execution } from '../../flow-execution/execution.js';
import { FlowPlanner } from '../../flow-execution/flow-planner.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { message } from '../../rest/messages/messages.js';
import { PasswordChallengeDto, PasswordChallengeResponseRequestDto } from './dto/password-challenge.dto.js';
import { type ClaimedIdentity, PasswordCheck } from './password-check.js';
import type { PasswordStage } from './password-stage.entity.js';
import { UnconfirmedSignIn } from './unconfirmed-sign-in.js';

/** Session key of the number of wrong passwords. */
const triesKey = 'password:tries';

const wrong = message('passwordWrong');

/**
 * Asks for the pending user's password. In a run without a pending user, a signed-in visitor is asked for their own, so that
 * a flow can confirm who sits at the browser; the stage can accept a fresh session in its place.
 */
@Injectable()
export class PasswordStageExecutor implements StageExecutor<PasswordStage> {
  readonly kind = 'password';
  readonly challenge = PasswordChallengeDto;
  readonly response = PasswordChallengeResponseRequestDto;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly planner: FlowPlanner,
    private readonly passwords: PasswordCheck,
    private readonly unconfirmed: UnconfirmedSignIn,
    private readonly sessions: Sessions,
  ) {}

  async show(execution: Execution<PasswordStage>): Promise<StageOutcome> {
    const claimed = await claimedIdentity(execution);
    if (claimed === undefined) return { kind: 'denied' };
    if (await this.isConfirmed(execution, claimed)) return { kind: 'passed' };
    const challenge = {
      component: 'ak-stage-password',
      ...(await execution.userInfo()),
      ...(await this.recoveryLink(execution)),
      allow_show_password: execution.stage.allowShowPassword,
    };
    return { kind: 'challenge', challenge };
  }

  async handleResponse(execution: Execution<PasswordStage>, body: unknown): Promise<StageOutcome> {
    const claimed = await claimedIdentity(execution);
    if (claimed === undefined) return { kind: 'denied' };
    if (await this.isConfirmed(execution, claimed)) return { kind: 'passed' };
    const { password } = await execution.read(PasswordChallengeResponseRequestDto, body);
    const result = await this.passwords.verify(execution, execution.stage, claimed, password);
    if (result !== 'wrong') execution.remember(triesKey, 0);
    if (result === 'right') return { kind: 'passed' };
    const continued = result === 'unconfirmed' ? await this.unconfirmed.continueSignUp(execution, claimed) : undefined;
    if (continued !== undefined) return continued;
    const tries = Number(execution.remembered(triesKey) ?? 0) + 1;
    execution.remember(triesKey, tries);
    if (tries >= execution.stage.failedAttemptsBeforeCancel) return { kind: 'denied', message: wrong };
    return { kind: 'rejected', errors: { password: [wrong] } };
  }

  /**
   * Whether the stage accepts that the visitor has signed in to this account lately. It proves nothing else in the run. If the
   * account's address is unproved, its owner may get no notice of what a stolen session does, so the password is asked for.
   */
  private async isConfirmed(execution: Execution<PasswordStage>, { user }: ClaimedIdentity): Promise<boolean> {
    const { manager, stage, visitor, session } = execution;
    if (!stage.acceptFreshSession || user === undefined || visitor.user?.pk !== user.pk) return false;
    if (user.email !== '' && !(await isProved(manager, user.pk, user.email))) return false;
    return this.sessions.isFresh(manager, session, user.pk);
  }

  /** Returns the link to the recovery flow. It does not depend on the pending user, so it reveals nothing about them. */
  private async recoveryLink({ manager, visitor }: Execution<PasswordStage>): Promise<{ recovery_url?: string }> {
    const flow = await this.planner.findDefault(manager, 'recovery', visitor.user);
    return flow === undefined ? {} : { recovery_url: `${publicUrl(this.settings)}/if/flow/${flow.slug}/` };
  }
}

/** Returns the identity whose password is asked for; undefined if the run has no pending user. */
async function claimedIdentity(execution: Execution<PasswordStage>): Promise<ClaimedIdentity | undefined> {
  const { visitor } = execution;
  if ((await execution.pendingUser()) === undefined && visitor.user !== undefined)
    execution.setPendingUser({ pk: visitor.user.pk });
  const pending = await execution.pendingUser();
  if (pending === undefined) return undefined;
  const user = pending.kind === 'known' ? pending.user : undefined;
  const shown = pending.kind === 'known' ? pending.user.username : pending.username;
  return { user, name: execution.plan.context.pending_user_identifier ?? shown };
}
