import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type Attributes, mergeAttributes } from '../../core/users/merge-attributes.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { FlowPlan } from '../../flow-execution/plan.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { message } from '../../rest/messages/messages.js';
import type { InvitationStage } from './invitation-stage.entity.js';
import { canBeUsed, redeemInvitation } from './redeem-invitation.js';

type Run = Execution<InvitationStage>;

/**
 * Lets those pass who have an invitation (flow execution, section 6.8). Opening the link uses nothing up, for mail
 * scanners open links too: the invitation is redeemed by the stage that writes the user. In a flow that writes none it
 * is redeemed here.
 */
@Injectable()
export class InvitationStageExecutor implements StageExecutor<InvitationStage> {
  readonly kind = 'invitation';

  constructor(private readonly events: EventLog) {}

  async show(execution: Run): Promise<StageOutcome> {
    const { manager, stage, plan, flow, visitor } = execution;
    const invitation = tokenOf(execution);
    const data = invitation === undefined ? undefined : await dataOf(manager, invitation, flow.pk);
    const isForLater = data !== undefined && (await writesUser(manager, plan));
    const isValid =
      invitation !== undefined &&
      data !== undefined &&
      (isForLater || (await redeemInvitation(manager, this.events, { invitation, flow, visitor })));
    if (!isValid) {
      if (stage.continueFlowWithoutInvitation) return { kind: 'passed' };
      return { kind: 'denied', message: message('invitationInvalid') };
    }
    const { context } = plan;
    context.invitation_in_effect = true;
    if (isForLater) context.invitation = invitation;
    context.prompt_data = mergeAttributes(context.prompt_data ?? {}, data);
    return { kind: 'passed' };
  }

  answer(execution: Run): Promise<StageOutcome> {
    return this.show(execution);
  }
}

/** The key that the visitor brings along: in the address, or in what they were asked before. */
function tokenOf({ query, plan }: Run): string | undefined {
  const data = plan.context.prompt_data ?? {};
  const asked = Object.hasOwn(data, 'token') ? data['token'] : undefined;
  return parseUuid(query.getAll('itoken').at(-1) ?? query.getAll('token').at(-1) ?? asked);
}

/** What the invitation says in advance; undefined if it cannot be used. */
async function dataOf(manager: EntityManager, invitation: string, flow: string): Promise<Attributes | undefined> {
  const [found] = await manager.query<{ fixed_data: Attributes }[]>(
    `select fixed_data from "invitation" where ${canBeUsed}`,
    [invitation, flow],
  );
  return found?.fixed_data;
}

/** Whether a stage that writes the user is still to come. */
async function writesUser(manager: EntityManager, { bindings }: FlowPlan): Promise<boolean> {
  const stages = bindings.flatMap((planned) => ('stage' in planned ? planned.stage : []));
  const [row] = await manager.query<{ found: boolean }[]>(
    `select exists (select from "stage" where stage_uuid = any($1) and kind = 'user_write') as found`,
    [stages],
  );
  return row?.found ?? false;
}
