import { Injectable } from '@nestjs/common';

import { SecretBox } from '../../database/secret-box.js';
import {
  ConsentChallengeDto,
  ConsentChallengeResponseRequestDto,
} from '../../flow-execution/dto/consent-challenge.dto.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { InMemoryStageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { message } from '../../rest/messages/messages.js';

/** Name of the in-memory stage in a plan. */
export const acceptInvitation = 'accept-invitation';

/** Shows a button to visitors who open the link of a mailed invitation: mail scanners open links too. */
@Injectable()
export class AcceptInvitationExecutor implements InMemoryStageExecutor {
  readonly name = acceptInvitation;
  readonly challenge = ConsentChallengeDto;
  readonly response = ConsentChallengeResponseRequestDto;

  constructor(private readonly secrets: SecretBox) {}

  async show(execution: Execution<undefined>): Promise<StageOutcome> {
    const challenge = {
      component: 'ak-stage-consent',
      ...(await execution.userInfo()),
      header_text: message('acceptInvitation'),
      permissions: [],
      additional_permissions: [],
      token: this.buttonToken(execution),
    };
    return { kind: 'challenge', challenge };
  }

  async handleResponse(execution: Execution<undefined>, body: unknown): Promise<StageOutcome> {
    const { token, declined } = await execution.read(ConsentChallengeResponseRequestDto, body);
    if (declined) return { kind: 'denied' };
    // A response to another stage, such as a double click.
    if (token !== this.buttonToken(execution)) return this.show(execution);
    execution.plan.context.invitation_accepted = true;
    return { kind: 'passed' };
  }

  /** Returns the token that the button sends, which only this run has. */
  private buttonToken({ plan }: Execution<undefined>): string {
    return this.secrets.identifier(`invitation:${plan.execution}`);
  }
}
