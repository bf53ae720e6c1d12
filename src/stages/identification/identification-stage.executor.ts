import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';

import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { Flow } from '../../flows/flow.entity.js';
import { message } from '../../rest/messages/messages.js';
import { PasswordCheck } from '../password/password-check.js';
import { PasswordStage } from '../password/password-stage.entity.js';
import { UnconfirmedSignIn } from '../password/unconfirmed-sign-in.js';
import {
  IdentificationChallengeDto,
  IdentificationChallengeResponseRequestDto,
} from './dto/identification-challenge.dto.js';
import { findUser } from './find-user.js';
import type { IdentificationStage } from './identification-stage.entity.js';

type Run = Execution<IdentificationStage>;

/**
 * Asks for the user name or address, and for the password if the stage has a password stage. Known, unknown and inactive
 * users get the same responses after the same work.
 */
@Injectable()
export class IdentificationStageExecutor implements StageExecutor<IdentificationStage> {
  readonly kind = 'identification';
  readonly challenge = IdentificationChallengeDto;
  readonly response = IdentificationChallengeResponseRequestDto;

  constructor(
    private readonly passwords: PasswordCheck,
    private readonly unconfirmed: UnconfirmedSignIn,
  ) {}

  async show(execution: Run): Promise<StageOutcome> {
    const { flow, stage } = execution;
    const passwordStage = await passwordStageOf(execution);
    const challenge = {
      component: 'ak-stage-identification',
      user_fields: stage.userFields,
      password_fields: passwordStage !== null,
      allow_show_password: passwordStage?.allowShowPassword ?? false,
      flow_designation: flow.designation,
      ...(await flowLinks(execution)),
      primary_action: message(flow.designation === 'authentication' ? 'logIn' : 'continue'),
      sources: [],
      show_source_labels: stage.showSourceLabels,
    };
    return { kind: 'challenge', challenge };
  }

  async handleResponse(execution: Run, body: unknown): Promise<StageOutcome> {
    const { manager, stage, plan } = execution;
    const { uid_field: typed, password } = await execution.read(IdentificationChallengeResponseRequestDto, body);
    // Discards the authentication of an earlier pending user.
    delete plan.context.auth_method;
    delete plan.context.user_backend;
    delete plan.context.pending_user_identifier;
    if (!stage.showMatchedUser) plan.context.pending_user_identifier = typed;
    plan.context.typed_identifier = typed;
    const user = await findUser(manager, stage, typed);
    const claimed = { user, name: typed };
    const passwordStage = await passwordStageOf(execution);
    const result = passwordStage && (await this.passwords.verify(execution, passwordStage, claimed, password ?? ''));
    const continued = result === 'unconfirmed' ? await this.unconfirmed.continueSignUp(execution, claimed) : undefined;
    if (continued !== undefined) return continued;
    const isAccepted = result === null ? user !== undefined || stage.pretendUserExists : result === 'right';
    // Reveals nothing of a user, and does nothing for them, before they are accepted.
    const planned =
      isAccepted && user !== undefined ? { pk: user.pk } : { pretended: { username: typed, email: typed } };
    execution.setPendingUser(planned);
    if (isAccepted) return { kind: 'passed' };
    return { kind: 'rejected', errors: { non_field_errors: [message('signInFailed')] } };
  }
}

function passwordStageOf({ manager, stage }: Run): Promise<PasswordStage | null> {
  if (stage.passwordStageId === null) return Promise.resolve(null);
  return manager.findOneBy(PasswordStage, { pk: stage.passwordStageId });
}

/** Returns the links to the flows that the stage offers, with the query of this page. */
async function flowLinks({ manager, stage, query }: Run): Promise<Record<string, string>> {
  const links = {
    enroll_url: stage.enrollmentFlowId,
    recovery_url: stage.recoveryFlowId,
    passwordless_url: stage.passwordlessFlowId,
  };
  const keys = Object.values(links).filter((key) => key !== null);
  const flows = keys.length === 0 ? [] : await manager.findBy(Flow, { pk: In(keys) });
  // A flow token is only for the run that it was sent in.
  const kept = new URLSearchParams([...query].filter(([name]) => name !== 'flow_token')).toString();
  return Object.fromEntries(
    Object.entries(links).flatMap(([name, key]) => {
      const flow = flows.find(({ pk }) => pk === key);
      return flow === undefined ? [] : [[name, `/if/flow/${flow.slug}/${kept === '' ? '' : `?${kept}`}`]];
    }),
  );
}
