import type { EntityManager } from 'typeorm';

import type { EventLog } from '../../events/event-log.js';
import type { Visitor } from '../../flow-execution/execution.js';
import type { Flow } from '../../flows/flow.entity.js';

/** SQL condition that an invitation with the key $1 can be used now in the flow $2. */
const isUsable = `invite_uuid = $1 and (flow_uuid is null or flow_uuid = $2)
  and (expires is null or expires > now())`;

/** An invitation that was redeemed. */
export interface Redeemed {
  readonly isSingleUse: boolean;
  /** The address that it was last mailed to; null if none. */
  readonly mailedTo: string | null;
}

/** The use of an invitation by a visitor in a flow. */
export interface Redemption {
  readonly invitation: string;
  readonly flow: Flow;
  readonly visitor: Visitor;
}

/**
 * Redeems an invitation in the caller's transaction and writes an event. A single-use one is deleted: of two concurrent
 * redemptions the second waits for the first and fails.
 *
 * @returns undefined if the invitation is unknown, used, expired or for another flow
 */
export async function redeemInvitation(
  manager: EntityManager,
  events: EventLog,
  { invitation, flow, visitor }: Redemption,
): Promise<Redeemed | undefined> {
  const [redeemed] = await manager.query<(Redeemed & { name: string })[]>(
    `with spent as (
       delete from "invitation" where ${isUsable} and single_use returning name, mailed_to
     )
     select name, true as "isSingleUse", mailed_to as "mailedTo" from spent
      union all
     select name, false, mailed_to from "invitation" where ${isUsable} and not single_use`,
    [invitation, flow.pk],
  );
  if (redeemed === undefined) return undefined;
  await events.write(manager, {
    action: 'invitation_used',
    app: 'authentik.stages.invitation',
    // Without its key, which is a secret.
    context: { invitation: redeemed.name, flow: flow.slug },
    ...(visitor.user !== undefined && { user: identityOf(visitor.user) }),
    clientIp: visitor.clientIp,
  });
  return redeemed;
}

function identityOf({ pk, username, email }: { pk: number; username: string; email: string }): {
  pk: number;
  username: string;
  email: string;
} {
  return { pk, username, email };
}
