import type { EntityManager } from 'typeorm';

import { noteProvedAddress } from '../../core/addresses/proved-addresses.js';
import type { FlowPlan } from '../../flow-execution/plan.js';
import type { Redeemed } from '../invitation/redeem-invitation.js';

/**
 * Records that the mail of an invitation has reached the user of this sign-up: the visitor has opened its link, and the
 * account has the address that it was mailed to. Only the reader of the mail knows the link, and single use keeps it from
 * proving the address for a second account.
 */
export async function recordInvitedAddress(
  manager: EntityManager,
  { execution: run, context }: FlowPlan,
  { isSingleUse, mailedTo }: Redeemed,
  { pk, email }: { readonly pk: number; readonly email: string },
): Promise<void> {
  const { invitation_address: opened } = context;
  delete context.invitation_address;
  if (!isSingleUse || opened === undefined || opened !== mailedTo || opened !== email) return;
  await noteProvedAddress(manager, pk, email, { method: 'invitation', run });
}
