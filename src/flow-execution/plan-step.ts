import { createHash } from 'node:crypto';

import type { FlowPlan } from './plan.js';

/** Returns an ID of the current step of a run. It changes when the stage is passed or the flow restarts. */
export function stepOf({ execution, bindings }: FlowPlan): string {
  const [next] = bindings;
  const stage = next === undefined ? '' : 'inMemory' in next ? next.inMemory : next.binding;
  return identify(execution, bindings.length, stage);
}

/** Returns an ID of the wait for a mailed link: it is the same in the waiting tab and in the one that opens the link. */
export function waitOf(execution: string, stage: string): string {
  return identify(execution, stage);
}

function identify(...names: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(names)).digest('base64url').slice(0, 22);
}
