import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import type { Columns } from './list-query.js';

/** Statements of one list that are kept at most; who asks for ever new shapes has them written anew. */
const mostKept = 500;

const kept = new WeakMap<Columns, Map<string, string>>();

/**
 * The statement that `write` writes, kept by what it reads and by its shape: TypeORM takes longer to write a statement
 * than PostgreSQL takes to run it.
 */
export function written(columns: Columns, shape: readonly unknown[], write: () => string): string {
  const key = JSON.stringify(shape);
  const statements = kept.get(columns) ?? new Map<string, string>();
  kept.set(columns, statements);
  const known = statements.get(key);
  if (known !== undefined) return known;
  if (statements.size >= mostKept) statements.clear();
  const statement = write();
  statements.set(key, statement);
  return statement;
}

/** What makes a statement another one, its selection and the values of its parameters apart. */
export function shapeOf({ expressionMap: map }: SelectQueryBuilder<ObjectLiteral>): unknown[] {
  const joins = map.joinAttributes.map(({ alias, condition }) => [alias.name, condition]);
  const conditions = map.wheres.map(({ type, condition }) => [type, condition]);
  return [map.mainAlias?.name, joins, conditions, map.orderBys, map.offset, map.limit];
}
