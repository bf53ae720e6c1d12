import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import { type Columns, conditionsOf, listOf, type ListQuery } from './list-query.js';
import { type Page, sliceOf } from './page.js';

type Builder = SelectQueryBuilder<ObjectLiteral>;

/**
 * Reads the page that `query` asks for, in two statements whatever its size: how many rows there are, then the rows.
 * Rows are plain objects with the columns that the list declares; no entity is made of them.
 *
 * @param from the rows that there are, with every alias that the declaration names, and without a selection
 * @throws AppError `invalidPage`
 */
export async function readPage<Row>(from: SelectQueryBuilder<ObjectLiteral>, query: ListQuery): Promise<Page<Row>> {
  const type = query.constructor as abstract new () => object;
  const { search, ordering, order, columns } = listOf(type);
  for (const [name, condition] of conditionsOf(type)) {
    const value = (query as unknown as Record<string, unknown>)[name];
    if (value !== undefined) condition(from, value, name);
  }
  applySearch(from, query.search, search);
  const count = await countRows(from);
  const { pagination, offset, limit } = sliceOf(query, count);
  const wanted = namesIn(query.ordering).filter(({ name }) => ordering.includes(name));
  applyOrder(from, wanted.length > 0 ? wanted : namesIn(order.join()), columns);
  const results = await select(from, columns).offset(offset).limit(limit).getRawMany<Row & ObjectLiteral>();
  return { pagination, results };
}

/** Adds the columns to a statement, each under its output name. */
export function select<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  columns: Columns,
): SelectQueryBuilder<T> {
  builder.select([]);
  for (const [name, property] of Object.entries(columns)) builder.addSelect(property, name);
  return builder;
}

async function countRows(from: Builder): Promise<number> {
  const row = await from.clone().select('count(*)::int', 'count').getRawOne<{ count: number }>();
  return row?.count ?? 0;
}

function applySearch(from: Builder, text: string | undefined, properties: readonly string[]): void {
  const terms = (text ?? '')
    .replaceAll('\0', '')
    .split(/[\s,]+/)
    .filter((term) => term !== '');
  terms.forEach((term, index) => {
    const parameter = `search_${index}`;
    const matches = properties.map((property) => `(${property})::text ilike :${parameter}`);
    from.andWhere(`(${matches.join(' or ')})`, { [parameter]: `%${term.replace(/[\\%_]/g, '\\$&')}%` });
  });
}

function namesIn(ordering: string | undefined): { name: string; direction: 'ASC' | 'DESC' }[] {
  return (ordering ?? '').split(',').map((item) => {
    const name = item.trim();
    return name.startsWith('-') ? { name: name.slice(1), direction: 'DESC' } : { name, direction: 'ASC' };
  });
}

/**
 * Sorts by the names, then by the primary key, so that no row is told on two pages or on none. Of a name that is given
 * more than once the first one counts: the others come too late to decide anything.
 */
function applyOrder(from: Builder, names: ReturnType<typeof namesIn>, columns: Columns): void {
  const order = new Map<string, 'ASC' | 'DESC'>();
  for (const { name, direction } of [...names, { name: 'pk', direction: 'ASC' as const }]) {
    const property = columns[name];
    if (property !== undefined && !order.has(property)) order.set(property, direction);
  }
  from.orderBy(Object.fromEntries(order));
}
