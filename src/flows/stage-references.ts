import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import type { Reference } from '../rest/used-by.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { bindingName } from './flow-stage-binding.mapper.js';
import { Stage } from './stage.entity.js';

/** Returns the objects that refer to a stage: its flows, its bindings, other stages. */
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
    ...stagesReferencing(manager, Stage, stage),
  ];
}

/** Returns the stages that refer to a row through a foreign key. They remain when the row is deleted. */
export function stagesReferencing(
  manager: EntityManager,
  entity: EntityTarget<ObjectLiteral>,
  pk: string,
): Reference[] {
  const { tableName } = manager.dataSource.getMetadata(entity);
  return manager.dataSource.getMetadata(Stage).childEntityMetadatas.flatMap((kind) =>
    kind.manyToOneRelations
      .filter(({ inverseEntityMetadata }) => inverseEntityMetadata.tableName === tableName)
      .map(({ joinColumns }) => ({
        app: `authentik_stages_${kind.discriminatorValue}`,
        model: kind.name.toLowerCase(),
        action: 'set_null' as const,
        rows: manager
          .createQueryBuilder(kind.target, 'stage')
          .select('stage.pk', 'pk')
          .addSelect(`concat('Stage ', stage.name)`, 'name')
          .where(`stage.${joinColumns[0]?.propertyName} = :pk`, { pk })
          .orderBy('stage.name'),
      })),
  );
}
