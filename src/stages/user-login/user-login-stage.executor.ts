import { Injectable } from '@nestjs/common';

import { isSuperuser } from '../../core/authority/membership.js';
import type { SessionBinding } from '../../core/sessions/session-network.js';
import { User } from '../../core/users/user.entity.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { hasProof, lockProvedUser } from '../../flow-execution/proved-account.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { secondsIn } from '../../rest/fields/duration.js';
import { message } from '../../rest/messages/messages.js';
import { UserLoginChallengeDto, UserLoginChallengeResponseRequestDto } from './dto/user-login-challenge.dto.js';
import type { UserLoginStage } from './user-login-stage.entity.js';

const noUser: StageOutcome = { kind: 'denied', message: message('noUserToSignIn') };
const inactive: StageOutcome = { kind: 'denied', message: message('accountInactive') };

/**
 * Signs in the pending user, unless the user is unknown or inactive. Superusers need a proof in the plan, because an
 * editor of the flow could have removed the stage that asks for one.
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
    if (pending?.kind !== 'known') return noUser;
    return { kind: 'challenge', challenge: { component: 'ak-stage-user-login', ...(await execution.userInfo()) } };
  }

  async handleResponse(execution: Execution<UserLoginStage>, body: unknown): Promise<StageOutcome> {
    if (secondsIn(execution.stage.rememberMeOffset) === 0) return this.signIn(execution, false);
    const { remember_me } = await execution.read(UserLoginChallengeResponseRequestDto, body);
    return this.signIn(execution, remember_me);
  }

  private async refuseUnproved(
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
    if (pending?.kind !== 'known') return noUser;
    // Locked, because the account may be deactivated or its password changed concurrently.
    const user = await lockProvedUser(manager, plan.context, pending.user.pk);
    if (user === 'changed') return { kind: 'denied', message: message('accountChanged') };
    if (user?.isActive !== true) return inactive;
    if (!hasProof(execution, user) && (await isSuperuser(manager, user.pk)))
      return this.refuseUnproved(execution, user);
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
 * Returns what the session is bound to. Without databases of networks and locations, the client's network is the closest
 * approximation of what the settings name.
 */
function bindingOf({ networkBinding, geoipBinding }: UserLoginStage): SessionBinding {
  if (networkBinding === 'bind_asn_network_ip') return 'address';
  return networkBinding === 'no_binding' && geoipBinding === 'no_binding' ? 'none' : 'network';
}
