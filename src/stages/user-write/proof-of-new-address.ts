import type { EntityManager } from 'typeorm';

import { noteProvedAddress } from '../../core/addresses/proved-addresses.js';
import type { FlowTokens } from '../../flow-execution/flow-token.service.js';
import type { FlowPlan } from '../../flow-execution/plan.js';

/** Records the proof that a mail of this run gave for an address before the account had it. */
export async function recordProofOfNewAddress(
  manager: EntityManager,
  tokens: FlowTokens,
  { execution: run, context: { proved_address: proved, is_restored: token } }: FlowPlan,
  { pk, email }: { readonly pk: number; readonly email: string },
): Promise<void> {
  if (email !== proved || token === undefined) return;
  const { method = null } = (await tokens.proofOf(manager, token)) ?? {};
  await noteProvedAddress(manager, pk, email, { method, run });
}
