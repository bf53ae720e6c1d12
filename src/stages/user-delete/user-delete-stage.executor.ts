import { Injectable } from '@nestjs/common';

import { Authority } from '../../core/authority/authority.service.js';
import { User } from '../../core/users/user.entity.js';
import type { Execution } from '../../flow-execution/execution.js';
import { hasProof, lockProvedUser } from '../../flow-execution/proved-account.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import { message } from '../../rest/messages/messages.js';
import type { UserDeleteStage } from './user-delete-stage.entity.js';

/**
 * Deletes the pending user, or the signed-in one if none is pending, and signs the visitor out. The visitor must have
 * proved to be the owner; otherwise an editor of flows could delete every account.
 */
@Injectable()
export class UserDeleteStageExecutor implements StageExecutor<UserDeleteStage> {
  readonly kind = 'user_delete';

  constructor(private readonly authority: Authority) {}

  async show(execution: Execution<UserDeleteStage>): Promise<StageOutcome> {
    const { manager, visitor, plan } = execution;
    const pending = await execution.pendingUser();
    // Unknown users are denied like known ones without a proof.
    if (pending?.kind === 'pretended') return { kind: 'denied', message: message('accountNotProved') };
    const user = pending?.user ?? visitor.user;
    if (user === undefined) return { kind: 'denied', message: message('noUserToDelete') };
    if (!hasProof(execution, user)) return { kind: 'denied', message: message('accountNotProved') };
    await this.authority.lock(manager);
    if ((await lockProvedUser(manager, plan.context, user.pk)) === 'changed') {
      return { kind: 'denied', message: message('accountChanged') };
    }
    try {
      await manager.transaction((nested) =>
        this.authority.changing(nested, { pk: user.pk }, [{ user: user.pk }], () => nested.delete(User, user.pk)),
      );
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      return { kind: 'denied', message: message('lastSuperuser') };
    }
    delete plan.context.pending_user;
    delete plan.context.proved_account;
    execution.signOut();
    return { kind: 'passed' };
  }

  handleResponse(execution: Execution<UserDeleteStage>): Promise<StageOutcome> {
    return this.show(execution);
  }
}
