import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';

import type { Execution } from '../../flow-execution/execution.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { Flow } from '../../flows/flow.entity.js';
import { message } from '../../rest/messages/messages.js';
import { PasswordCheck } from '../password/password-check.js';
import { PasswordStage } from '../password/password-stage.entity.js';
import {
  IdentificationChallengeDto,
  IdentificationChallengeResponseRequestDto,
} from './dto/identification-challenge.dto.js';
import { findUser } from './find-user.js';
import type { IdentificationStage } from './identification-stage.entity.js';

type Run = Execution<IdentificationStage>;

/**
 * Asks who the visitor is, and for the password too if a password stage says so (flow execution, section 6.1). Users
 * who exist, who do not and who were switched off get the same answers after the same work.
 */
@Injectable()
export class IdentificationStageExecutor implements StageExecutor<IdentificationStage> {
  readonly kind = 'identification';
  readonly challenge = IdentificationChallengeDto;
  readonly response = IdentificationChallengeResponseRequestDto;

  constructor(private readonly passwords: PasswordCheck) {}

  async show(execution: Run): Promise<StageOutcome> {
    const { flow, stage } = execution;
    const passwordStage = await passwordStageOf(execution);
    const challenge = {
      component: 'ak-stage-identification',
      user_fields: stage.userFields,
      password_fields: passwordStage !== null,
      allow_show_password: passwordStage?.allowShowPassword ?? false,
      flow_designation: flow.designation,
      ...(await linksOf(execution)),
      primary_action: message(flow.designation === 'authentication' ? 'logIn' : 'continue'),
      sources: [],
      show_source_labels: stage.showSourceLabels,
    };
    return { kind: 'challenge', challenge };
  }

  async answer(execution: Run, body: unknown): Promise<StageOutcome> {
    const { manager, stage, plan } = execution;
    const { uid_field: typed, password } = await execution.read(IdentificationChallengeResponseRequestDto, body);
    // What was proved of somebody else counts no more.
    delete plan.context.auth_method;
    delete plan.context.user_backend;
    delete plan.context.pending_user_identifier;
    if (!stage.showMatchedUser) plan.context.pending_user_identifier = typed;
    plan.context.typed_identifier = typed;
    const user = await findUser(manager, stage, typed);
    const passwordStage = await passwordStageOf(execution);
    const isAccepted =
      passwordStage === null
        ? user !== undefined || stage.pretendUserExists
        : await this.passwords.passes(execution, passwordStage, { user, name: typed }, password ?? '');
    // Nothing of a user is told, or done for them, before they are accepted.
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

/** The pages of the flows that the stage offers, with what this page was opened with. */
async function linksOf({ manager, stage, query }: Run): Promise<Record<string, string>> {
  const links = {
    enroll_url: stage.enrollmentFlowId,
    recovery_url: stage.recoveryFlowId,
    passwordless_url: stage.passwordlessFlowId,
  };
  const keys = Object.values(links).filter((key) => key !== null);
  const flows = keys.length === 0 ? [] : await manager.findBy(Flow, { pk: In(keys) });
  // A token is for the run that it was sent in, and for nothing else.
  const kept = new URLSearchParams([...query].filter(([name]) => name !== 'flow_token')).toString();
  return Object.fromEntries(
    Object.entries(links).flatMap(([name, key]) => {
      const flow = flows.find(({ pk }) => pk === key);
      return flow === undefined ? [] : [[name, `/if/flow/${flow.slug}/${kept === '' ? '' : `?${kept}`}`]];
    }),
  );
}
