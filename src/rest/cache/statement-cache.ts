import { LRUCache } from 'lru-cache';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

type Alias = NonNullable<SelectQueryBuilder<ObjectLiteral>['expressionMap']['mainAlias']>;

const statements = new LRUCache<string, string>({ max: 5000 });

/** The SQL text under this key; built once, because TypeORM takes longer to build it than PostgreSQL to run it. */
export function cachedStatement(key: string, build: () => string): string {
  const cached = statements.get(key);
  if (cached !== undefined) return cached;
  const statement = build();
  statements.set(key, statement);
  return statement;
}

/** Everything that makes the SQL text of a builder differ, except its selection and the values of its parameters. */
export function shapeOf({ expressionMap: map }: SelectQueryBuilder<ObjectLiteral>): unknown[] {
  const joins = map.joinAttributes.map(({ direction, alias, entityOrProperty, condition }) => {
    // A join names a relation (`stage.flows`), or a table of its own.
    return [
      direction,
      typeof entityOrProperty === 'string' ? entityOrProperty : sourceOf(alias),
      alias.name,
      condition,
    ];
  });
  const wheres = map.wheres.map(({ type, condition }) => [type, condition]);
  const distinct = [map.selectDistinct, map.selectDistinctOn];
  const from = map.mainAlias && [sourceOf(map.mainAlias), map.mainAlias.name];
  return [from, joins, wheres, map.groupBys, map.havings, distinct, map.orderBys, map.offset, map.limit];
}

function sourceOf(alias: Alias): string | undefined {
  return alias.subQuery ?? (alias.hasMetadata ? alias.metadata.tablePath : alias.tablePath);
}
