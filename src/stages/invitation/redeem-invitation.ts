import type { EntityManager } from 'typeorm';

import type { EventLog } from '../../events/event-log.js';
import type { Visitor } from '../../flow-execution/execution.js';
import type { Flow } from '../../flows/flow.entity.js';

/** The condition that an invitation can be used: by its key ($1), in a flow ($2), now. */
export const canBeUsed = `invite_uuid = $1 and (flow_uuid is null or flow_uuid = $2)
  and (expires is null or expires > now())`;

/** Somebody gets something for an invitation. */
export interface Redemption {
  readonly invitation: string;
  readonly flow: Flow;
  readonly visitor: Visitor;
}

/**
 * Uses an invitation in the caller's transaction, and writes that down. One that is good for a single use is gone
 * then: of two who use it at the same time the second one waits, and finds that it is gone.
 *
 * @returns false if it cannot be used (any more); expiry is part of the statement, whenever expired ones are deleted
 */
export async function redeemInvitation(
  manager: EntityManager,
  events: EventLog,
  { invitation, flow, visitor }: Redemption,
): Promise<boolean> {
  const [redeemed] = await manager.query<{ name: string }[]>(
    `with spent as (
       delete from "invitation" where ${canBeUsed} and single_use returning name
     )
     select name from spent
      union all
     select name from "invitation" where ${canBeUsed} and not single_use`,
    [invitation, flow.pk],
  );
  if (redeemed === undefined) return false;
  await events.write(manager, {
    action: 'invitation_used',
    app: 'authentik.stages.invitation',
    // Its key is what lets people in, so it is not told.
    context: { invitation: redeemed.name, flow: flow.slug },
    ...(visitor.user !== undefined && { user: identityOf(visitor.user) }),
    clientIp: visitor.clientIp,
  });
  return true;
}

function identityOf({ pk, username, email }: { pk: number; username: string; email: string }): {
  pk: number;
  username: string;
  email: string;
} {
  return { pk, username, email };
}
