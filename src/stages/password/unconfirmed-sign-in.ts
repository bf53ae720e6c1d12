import { Injectable } from '@nestjs/common';

import type { Execution } from '../../flow-execution/execution.js';
import type { StageOutcome } from '../../flow-execution/stage-executor.js';
import { UnfinishedSignUps } from '../../flow-execution/unfinished-sign-ups.service.js';
import { message } from '../../rest/messages/messages.js';
import { passwordChosenKey } from '../prompt/choose-password.executor.js';
import type { ClaimedIdentity } from './password-check.js';

/** Leads people who have typed the right password, and never confirmed their address, back to their sign-up. */
@Injectable()
export class UnconfirmedSignIn {
  constructor(private readonly signUps: UnfinishedSignUps) {}

  /**
   * Replaces the run by the rest of the sign-up, which mails a new link. The visitor knows the password, so an address
   * that is confirmed in this session is confirmed with it.
   *
   * @returns undefined if no flow can confirm the address
   */
  async continueSignUp(execution: Execution, { user }: ClaimedIdentity): Promise<StageOutcome | undefined> {
    const signUp = user && (await this.signUps.find(execution.manager, user));
    if (user === undefined || signUp === undefined) return undefined;
    const { flow, plan } = signUp;
    execution.continueWith(plan);
    execution.remember(passwordChosenKey, user.pk);
    execution.message('info', message('addressUnconfirmed'));
    const query = new URLSearchParams(execution.query);
    query.delete('flow_token');
    const to = `/if/flow/${flow.slug}/${query.size > 0 ? `?${query.toString()}` : ''}`;
    return { kind: 'challenge', challenge: { component: 'xak-flow-redirect', to } };
  }
}
