import { createHash } from 'node:crypto';

import type { FlowPlan } from './plan.js';

/** Names the stage that a run is at. It is another one as soon as that stage is passed or the flow is begun anew. */
export function stepOf({ execution, bindings }: FlowPlan): string {
  const [next] = bindings;
  const stage = next === undefined ? '' : 'inMemory' in next ? next.inMemory : next.binding;
  const names = JSON.stringify([execution, bindings.length, stage]);
  return createHash('sha256').update(names).digest('base64url').slice(0, 22);
}
