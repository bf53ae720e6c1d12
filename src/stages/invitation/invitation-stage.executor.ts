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
import { isUsable, redeemInvitation } from './redeem-invitation.js';

type Run = Execution<InvitationStage>;

/**
 * Passes visitors with an invitation. Opening the link does not redeem it, because mail scanners open links too: the
 * stage that writes the user does. In a flow without such a stage the invitation is redeemed here.
 */
@Injectable()
export class InvitationStageExecutor implements StageExecutor<InvitationStage> {
  readonly kind = 'invitation';

  constructor(private readonly events: EventLog) {}

  async show(execution: Run): Promise<StageOutcome> {
    const { manager, stage, plan, flow, visitor } = execution;
    const invitation = invitationKey(execution);
    const data = invitation === undefined ? undefined : await fixedDataOf(manager, invitation, flow.pk);
    const isRedeemedLater = data !== undefined && (await willWriteUser(manager, plan));
    const isValid =
      invitation !== undefined &&
      data !== undefined &&
      (isRedeemedLater || (await redeemInvitation(manager, this.events, { invitation, flow, visitor })));
    if (!isValid) {
      if (stage.continueFlowWithoutInvitation) return { kind: 'passed' };
      return { kind: 'denied', message: message('invitationInvalid') };
    }
    const { context } = plan;
    context.invitation_in_effect = true;
    if (isRedeemedLater) context.invitation = invitation;
    context.prompt_data = mergeAttributes(context.prompt_data ?? {}, data);
    return { kind: 'passed' };
  }

  handleResponse(execution: Run): Promise<StageOutcome> {
    return this.show(execution);
  }
}

/** Returns the key from the query, or from the response to an earlier prompt stage. */
function invitationKey({ query, plan }: Run): string | undefined {
  const data = plan.context.prompt_data ?? {};
  const asked = Object.hasOwn(data, 'token') ? data['token'] : undefined;
  return parseUuid(query.getAll('itoken').at(-1) ?? query.getAll('token').at(-1) ?? asked);
}

/** Returns the fixed data of the invitation; undefined if it cannot be used. */
async function fixedDataOf(manager: EntityManager, invitation: string, flow: string): Promise<Attributes | undefined> {
  const [found] = await manager.query<{ fixed_data: Attributes }[]>(
    `select fixed_data from "invitation" where ${isUsable}`,
    [invitation, flow],
  );
  return found?.fixed_data;
}

/** Whether the rest of the plan has a user write stage. */
async function willWriteUser(manager: EntityManager, { bindings }: FlowPlan): Promise<boolean> {
  const stages = bindings.flatMap((planned) => ('stage' in planned ? planned.stage : []));
  const [row] = await manager.query<{ found: boolean }[]>(
    `select exists (select from "stage" where stage_uuid = any($1) and kind = 'user_write') as found`,
    [stages],
  );
  return row?.found ?? false;
}
