import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import {
  ConsentChallengeDto,
  ConsentChallengeResponseRequestDto,
} from '../../flow-execution/dto/consent-challenge.dto.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import type { ConsentStage } from './consent-stage.entity.js';
import { Consents } from './consents.js';

/** Under which a session remembers what the consent that is shown is answered with. */
const tokenKey = 'consent:token';

type Run = Execution<ConsentStage>;

/** Asks whether the visitor agrees (flow execution, section 6.9). */
@Injectable()
export class ConsentStageExecutor implements StageExecutor<ConsentStage> {
  readonly kind = 'consent';
  readonly challenge = ConsentChallengeDto;
  readonly response = ConsentChallengeResponseRequestDto;

  constructor(private readonly consents: Consents) {}

  async show(execution: Run): Promise<StageOutcome> {
    if (await this.consents.isGiven(execution, idsIn(execution))) return { kind: 'passed' };
    return this.ask(execution);
  }

  async answer(execution: Run, body: unknown): Promise<StageOutcome> {
    const { token } = await execution.read(ConsentChallengeResponseRequestDto, body);
    // Whatever was shown to somebody else, or in another tab since, is shown anew.
    if (token !== execution.remembered(tokenKey)) return this.ask(execution);
    execution.remember(tokenKey, null);
    await this.consents.give(execution, idsIn(execution));
    return { kind: 'passed' };
  }

  private async ask(execution: Run): Promise<StageOutcome> {
    const { consent_header, consent_permissions, consent_additional_permissions } = execution.plan.context;
    const token = randomUUID();
    execution.remember(tokenKey, token);
    const challenge = {
      component: 'ak-stage-consent',
      ...(await execution.userInfo()),
      ...(consent_header !== undefined && { header_text: { written: consent_header } }),
      permissions: consent_permissions ?? [],
      additional_permissions: consent_additional_permissions ?? [],
      token,
    };
    return { kind: 'challenge', challenge };
  }
}

/** What the visitor is asked to agree to. */
function idsIn({ plan }: Run): string[] {
  const { consent_permissions = [], consent_additional_permissions = [] } = plan.context;
  return [...consent_permissions, ...consent_additional_permissions].map(({ id }) => id);
}
