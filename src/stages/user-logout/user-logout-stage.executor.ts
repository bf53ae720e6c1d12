import { Injectable } from '@nestjs/common';

import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import type { UserLogoutStage } from './user-logout-stage.entity.js';

/** Signs the visitor out and continues. It passes visitors who are not signed in. */
@Injectable()
export class UserLogoutStageExecutor implements StageExecutor<UserLogoutStage> {
  readonly kind = 'user_logout';

  constructor(private readonly events: EventLog) {}

  async show(execution: Execution<UserLogoutStage>): Promise<StageOutcome> {
    const { manager, visitor } = execution;
    if (visitor.user === undefined) return { kind: 'passed' };
    const { pk, username, email } = visitor.user;
    execution.signOut();
    await this.events.write(manager, {
      action: 'logout',
      app: 'authentik.events.signals',
      context: {},
      user: { pk, username, email },
      clientIp: visitor.clientIp,
    });
    return { kind: 'passed' };
  }

  handleResponse(execution: Execution<UserLogoutStage>): Promise<StageOutcome> {
    return this.show(execution);
  }
}
