import type { EntityManager } from 'typeorm';

import { Stage } from '../flows/stage.entity.js';
import type { FlowPlan } from './plan.js';

/** Returns the keys of the stages after the current one. */
export function upcomingStages({ bindings }: FlowPlan): string[] {
  return bindings.slice(1).flatMap((planned) => ('stage' in planned ? [planned.stage] : []));
}

/** Returns the kinds of the stages after the current one, such as `email`. */
export async function upcomingKinds(manager: EntityManager, plan: FlowPlan): Promise<ReadonlySet<string>> {
  const rows = await manager
    .createQueryBuilder(Stage, 'stage')
    .select('stage.kind', 'kind')
    .where('stage.pk = any(:stages)', { stages: upcomingStages(plan) })
    .getRawMany<{ kind: string }>();
  return new Set(rows.map(({ kind }) => kind));
}
