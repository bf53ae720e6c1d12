import type { EntityManager, SelectQueryBuilder } from 'typeorm';

import type { Reference } from '../rest/used-by.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { bindingName } from './flow-stage-binding.mapper.js';

/** What refers to a stage of any kind: the flows that it stands in, and the bindings that put it there. */
export function stageReferences(manager: EntityManager, stage: string): Reference[] {
  const bindings = (): SelectQueryBuilder<FlowStageBinding> =>
    manager
      .createQueryBuilder(FlowStageBinding, 'binding')
      .where('binding.stageId = :stage', { stage })
      .orderBy('binding.targetId')
      .addOrderBy('binding.order');
  return [
    {
      app: 'authentik_flows',
      model: 'flow',
      action: 'cascade_many',
      rows: bindings()
        .innerJoin('binding.target', 'flow')
        .select('flow.pk', 'pk')
        .addSelect(`concat('Flow ', flow.name, ' (', flow.slug, ')')`, 'name'),
    },
    {
      app: 'authentik_flows',
      model: 'flowstagebinding',
      action: 'cascade',
      rows: bindings().select('binding.pk', 'pk').addSelect(bindingName, 'name'),
    },
  ];
}
