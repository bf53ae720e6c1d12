import type { EntityTarget, ObjectLiteral } from 'typeorm';

import type { Coercion } from '../fields/coercions.js';
import type { FieldRule } from '../fields/field.js';
import { MultiFilter, notAvailable } from './filters.js';
import type { Condition } from './list-query.js';

export interface RelatedRows<T> {
  readonly entity: () => EntityTarget<ObjectLiteral>;
  /** The unique property of the rows. */
  readonly property: string;
  /** Schema of a value of that property. */
  readonly items: { readonly type: string; readonly format?: string };
  readonly coercion: Coercion<T>;
}

/** Existing rows of another entity; `condition` gets their keys. */
export function MultiRelationFilter<T>(
  related: RelatedRows<T>,
  condition: Condition,
  description?: string,
): PropertyDecorator {
  const { entity, property, items, coercion } = related;
  const rule: FieldRule = async (values: readonly T[], { manager }, raw) => {
    const rows = await manager
      .createQueryBuilder(entity(), 'row')
      .select(`row.${property}`, 'value')
      .where(`row.${property} = any(:values)`, { values })
      .getRawMany<{ value: T }>();
    const known = new Set(rows.map(({ value }) => value));
    const unknown = values.findIndex((value) => !known.has(value));
    return unknown === -1 ? undefined : [notAvailable(String([raw].flat()[unknown]))];
  };
  return MultiFilter(items, coercion, condition, { ...(description !== undefined && { description }), rules: [rule] });
}
