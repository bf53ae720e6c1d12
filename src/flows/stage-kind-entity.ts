import { Check, ChildEntity, getMetadataArgsStorage } from 'typeorm';

import { snakeCase } from '../database/naming-strategy.js';

/**
 * Class decorator of a stage's entity: a child entity of `Stage` with the constraint `ck_stage_<kind>`, by which every
 * row of this kind has a value in each column that is not nullable. In rows of other kinds the columns are null.
 */
export function StageKindEntity(kind: string): ClassDecorator {
  return (target) => {
    ChildEntity(kind)(target);
    const columns = getMetadataArgsStorage()
      .columns.filter((column) => column.target === target && column.options.nullable !== true)
      .map(({ propertyName, options }) => `"${options.name ?? snakeCase(propertyName)}"`);
    if (columns.length === 0) return;
    const isSet = columns.length === 1 ? `${columns[0]} IS NOT NULL` : `num_nulls(${columns.join(', ')}) = 0`;
    Check(`ck_stage_${kind}`, `"kind" <> '${kind}' OR ${isSet}`)(target);
  };
}
