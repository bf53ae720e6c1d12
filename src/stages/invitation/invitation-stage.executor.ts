import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type Attributes, mergeAttributes } from '../../core/users/merge-attributes.js';
import { secretDigest } from '../../database/link-secret.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { FlowPlan } from '../../flow-execution/plan.js';
import type { StageExecutor, StageOutcome } from '../../flow-execution/stage-executor.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { message } from '../../rest/messages/messages.js';
import { acceptInvitation } from './accept-invitation.executor.js';
import type { InvitationStage } from './invitation-stage.entity.js';
import { redeemInvitation } from './redeem-invitation.js';

type Run = Execution<InvitationStage>;

/**
 * Passes visitors with an invitation. Opening the link does not redeem it, because mail scanners open links too: the
 * stage that writes the user does. In a flow without such a stage the invitation is redeemed here. The link of a mail has a
 * button first, because it can prove the address.
 */
@Injectable()
export class InvitationStageExecutor implements StageExecutor<InvitationStage> {
  readonly kind = 'invitation';

  constructor(private readonly events: EventLog) {}

  async show(execution: Run): Promise<StageOutcome> {
    const { manager, stage, plan, flow, visitor } = execution;
    const found = await findInvitation(execution);
    if (found?.isMailed === true && plan.context.invitation_accepted !== true) {
      execution.insertBefore(acceptInvitation);
      return { kind: 'passed' };
    }
    const invitation = found?.pk;
    const isRedeemedLater = found !== undefined && (await willWriteUser(manager, plan));
    const redeem = async (pk: string): Promise<boolean> =>
      (await redeemInvitation(manager, this.events, { invitation: pk, flow, visitor })) !== undefined;
    if (invitation === undefined || !(isRedeemedLater || (await redeem(invitation)))) {
      if (stage.continueFlowWithoutInvitation) return { kind: 'passed' };
      return { kind: 'denied', message: message('invitationInvalid') };
    }
    const { context } = plan;
    context.invitation_in_effect = true;
    if (isRedeemedLater) context.invitation = invitation;
    if (isRedeemedLater && found.mailedTo !== null) context.invitation_address = found.mailedTo;
    context.prompt_data = mergeAttributes(context.prompt_data ?? {}, found?.fixedData ?? {});
    return { kind: 'passed' };
  }

  handleResponse(execution: Run): Promise<StageOutcome> {
    return this.show(execution);
  }
}

/** An invitation that a visitor can use. */
interface FoundInvitation {
  readonly pk: string;
  readonly fixedData: Attributes;
  /** Whether the visitor has opened the link of a mail. */
  readonly isMailed: boolean;
  /** The address that this link was mailed to, if it can prove the address; otherwise null. */
  readonly mailedTo: string | null;
}

/** The form of the secret in the link of a mail. */
const secretForm = /^[0-9a-f]{64}$/;

/**
 * Returns the invitation that the query names by its key or by the secret of a mail, or else the response to an earlier
 * prompt stage; undefined if it cannot be used.
 */
async function findInvitation({ query, plan, manager, flow }: Run): Promise<FoundInvitation | undefined> {
  const data = plan.context.prompt_data ?? {};
  const asked = Object.hasOwn(data, 'token') ? data['token'] : undefined;
  const text = query.getAll('itoken').at(-1) ?? query.getAll('token').at(-1) ?? asked;
  const key = parseUuid(text);
  const digest = typeof text === 'string' && secretForm.test(text) ? secretDigest(text) : undefined;
  if (key === undefined && digest === undefined) return undefined;
  const [found] = await manager.query<FoundInvitation[]>(
    `select invite_uuid as pk, fixed_data as "fixedData", $3::bytea is not null as "isMailed",
            case when $3::bytea is not null and single_use then mailed_to end as "mailedTo"
       from "invitation"
      where (invite_uuid = $1 or mail_key_hash = $3) and (flow_uuid is null or flow_uuid = $2)
        and (expires is null or expires > now())`,
    [key ?? null, flow.pk, digest ?? null],
  );
  return found;
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
