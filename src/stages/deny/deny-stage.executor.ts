import { Injectable } from '@nestjs/common';

import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import type { DenyStage } from './deny-stage.entity.js';

/** Denies access, with the message of the plan or of the stage. */
@Injectable()
export class DenyStageExecutor implements StageExecutor<DenyStage> {
  readonly kind = 'deny';

  show({ plan, stage }: Execution<DenyStage>): Promise<StageOutcome> {
    const message = [plan.context.deny_message, stage.denyMessage].find((text) => text !== undefined && text !== '');
    return Promise.resolve({ kind: 'denied', ...(message !== undefined && { message: { written: message } }) });
  }

  handleResponse(execution: Execution<DenyStage>): Promise<StageOutcome> {
    return this.show(execution);
  }
}
