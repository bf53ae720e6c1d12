import { Injectable } from '@nestjs/common';

import { isSuperuser } from '../../core/groups/membership.js';
import type { SessionBinding } from '../../core/sessions/session-network.js';
import { User } from '../../core/users/user.entity.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { hasProof, lockProved } from '../../flow-execution/proved-account.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { secondsIn } from '../../rest/fields/duration.js';
import { message } from '../../rest/messages/messages.js';
import { UserLoginChallengeDto, UserLoginChallengeResponseRequestDto } from './dto/user-login-challenge.dto.js';
import type { UserLoginStage } from './user-login-stage.entity.js';

const nobody: StageOutcome = { kind: 'denied', message: message('noUserToSignIn') };
const switchedOff: StageOutcome = { kind: 'denied', message: message('accountInactive') };

/**
 * Signs in the pending user (flow execution, section 6.4): never somebody who does not exist or was switched off, and
 * no superuser without a proof in the plan, because an editor of the flow could have removed the stage that asks for it.
 */
@Injectable()
export class UserLoginStageExecutor implements StageExecutor<UserLoginStage> {
  readonly kind = 'user_login';
  readonly challenge = UserLoginChallengeDto;
  readonly response = UserLoginChallengeResponseRequestDto;

  constructor(private readonly events: EventLog) {}

  async show(execution: Execution<UserLoginStage>): Promise<StageOutcome> {
    if (secondsIn(execution.stage.rememberMeOffset) === 0) return this.signIn(execution, false);
    const pending = await execution.pendingUser();
    if (pending?.kind !== 'known') return nobody;
    return { kind: 'challenge', challenge: { component: 'ak-stage-user-login', ...(await execution.userInfo()) } };
  }

  async answer(execution: Execution<UserLoginStage>, body: unknown): Promise<StageOutcome> {
    if (secondsIn(execution.stage.rememberMeOffset) === 0) return this.signIn(execution, false);
    const { remember_me } = await execution.read(UserLoginChallengeResponseRequestDto, body);
    return this.signIn(execution, remember_me);
  }

  private async refuse(
    { manager, stage, flow, visitor }: Execution<UserLoginStage>,
    { pk, username }: User,
  ): Promise<StageOutcome> {
    await this.events.write(manager, {
      action: 'suspicious_request',
      app: 'authentik.stages.user_login',
      context: {
        message: 'A flow without a proof does not sign in a superuser.',
        stage: { pk: stage.pk, name: stage.name },
        flow: { pk: flow.pk, slug: flow.slug },
        affected_user: { pk, username },
      },
      clientIp: visitor.clientIp,
    });
    return { kind: 'denied', message: message('accountNotProved') };
  }

  private async signIn(execution: Execution<UserLoginStage>, remember: boolean): Promise<StageOutcome> {
    const { manager, stage, plan, visitor } = execution;
    const pending = await execution.pendingUser();
    if (pending?.kind !== 'known') return nobody;
    // Locked: an administrator may be switching the account off, or its owner changing the password, at this moment.
    const user = await lockProved(manager, plan.context, pending.user.pk);
    if (user === 'changed') return { kind: 'denied', message: message('accountChanged') };
    if (user?.isActive !== true) return switchedOff;
    if (!hasProof(execution, user) && (await isSuperuser(manager, user.pk))) return this.refuse(execution, user);
    await manager.update(User, { pk: user.pk }, { lastLogin: () => 'now()' });
    const seconds = secondsIn(stage.sessionDuration) + (remember ? secondsIn(stage.rememberMeOffset) : 0);
    await execution.signIn(user, seconds, bindingOf(stage));
    if (stage.terminateOtherSessions) await execution.endOtherSessions(user);
    await this.events.write(manager, {
      action: 'login',
      app: 'authentik.events.signals',
      context: { ...(plan.context.auth_method !== undefined && { auth_method: plan.context.auth_method }) },
      user: { pk: user.pk, username: user.username, email: user.email },
      clientIp: visitor.clientIp,
    });
    execution.message('success', message('signedIn'));
    return { kind: 'passed' };
  }
}

/**
 * What a session is bound to. There is no database here of whose a network is, or where a place: of all that the
 * settings can name, the network that the visitor is in is the nearest part that is known.
 */
function bindingOf({ networkBinding, geoipBinding }: UserLoginStage): SessionBinding {
  if (networkBinding === 'bind_asn_network_ip') return 'address';
  return networkBinding === 'no_binding' && geoipBinding === 'no_binding' ? 'none' : 'network';
}
