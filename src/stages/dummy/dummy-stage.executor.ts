import { Injectable } from '@nestjs/common';

import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { DummyChallengeDto, DummyChallengeResponseRequestDto } from './dto/dummy-challenge.dto.js';
import type { DummyStage } from './dummy-stage.entity.js';

/** Passes with any response. */
@Injectable()
export class DummyStageExecutor implements StageExecutor<DummyStage> {
  readonly kind = 'dummy';
  readonly challenge = DummyChallengeDto;
  readonly response = DummyChallengeResponseRequestDto;

  show({ stage }: Execution<DummyStage>): Promise<StageOutcome> {
    if (stage.throwError) throw new Error('this stage is configured to fail');
    return Promise.resolve({ kind: 'challenge', challenge: { component: 'ak-stage-dummy', name: stage.name } });
  }

  async handleResponse(execution: Execution<DummyStage>, body: unknown): Promise<StageOutcome> {
    if (execution.stage.throwError) throw new Error('this stage is configured to fail');
    await execution.read(DummyChallengeResponseRequestDto, body);
    return { kind: 'passed' };
  }
}
