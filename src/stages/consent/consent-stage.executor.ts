import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import {
  ConsentChallengeDto,
  ConsentChallengeResponseRequestDto,
} from '../../flow-execution/dto/consent-challenge.dto.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { message } from '../../rest/messages/messages.js';
import type { ConsentStage } from './consent-stage.entity.js';
import { Consents } from './consents.js';

/** Session key of the token that the response to the current challenge must contain. */
const tokenKey = 'consent:token';

type Run = Execution<ConsentStage>;

/** Asks the visitor for consent. */
@Injectable()
export class ConsentStageExecutor implements StageExecutor<ConsentStage> {
  readonly kind = 'consent';
  readonly challenge = ConsentChallengeDto;
  readonly response = ConsentChallengeResponseRequestDto;

  constructor(private readonly consents: Consents) {}

  async show(execution: Run): Promise<StageOutcome> {
    if (await this.consents.isGranted(execution, requestedPermissions(execution))) return { kind: 'passed' };
    return this.challengeOutcome(execution);
  }

  async handleResponse(execution: Run, body: unknown): Promise<StageOutcome> {
    const { token, declined = false } = await execution.read(ConsentChallengeResponseRequestDto, body);
    // A stale challenge, of another user or a later one in another tab: shows a new one.
    if (token !== execution.remembered(tokenKey)) return this.challengeOutcome(execution);
    execution.remember(tokenKey, null);
    if (declined) return { kind: 'denied', message: message('consentDeclined') };
    await this.consents.grant(execution, requestedPermissions(execution));
    return { kind: 'passed' };
  }

  private async challengeOutcome(execution: Run): Promise<StageOutcome> {
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

/** Returns the IDs of the permissions that the visitor is asked to agree to. */
function requestedPermissions({ plan }: Run): string[] {
  const { consent_permissions = [], consent_additional_permissions = [] } = plan.context;
  return [...consent_permissions, ...consent_additional_permissions].map(({ id }) => id);
}
