import type { EntityManager } from 'typeorm';

import { Stage } from '../flows/stage.entity.js';
import type { FlowPlan } from './plan.js';

/** Keys of the stages that come after the current one. */
export function stagesAhead({ bindings }: FlowPlan): string[] {
  return bindings.slice(1).flatMap((planned) => ('stage' in planned ? [planned.stage] : []));
}

/** Kinds of the stages that come after the current one, such as `email`. */
export async function kindsAhead(manager: EntityManager, plan: FlowPlan): Promise<ReadonlySet<string>> {
  const rows = await manager
    .createQueryBuilder(Stage, 'stage')
    .select('stage.kind', 'kind')
    .where('stage.pk = any(:stages)', { stages: stagesAhead(plan) })
    .getRawMany<{ kind: string }>();
  return new Set(rows.map(({ kind }) => kind));
}
