import { createHash } from 'node:crypto';

import type { FlowPlan } from './plan.js';

/** Returns an ID of the current step of a run. It changes when the stage is passed or the flow restarts. */
export function stepOf({ execution, bindings }: FlowPlan): string {
  const [next] = bindings;
  const stage = next === undefined ? '' : 'inMemory' in next ? next.inMemory : next.binding;
  const names = JSON.stringify([execution, bindings.length, stage]);
  return createHash('sha256').update(names).digest('base64url').slice(0, 22);
}
