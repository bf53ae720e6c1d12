import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import type { KeptCounts } from './kept-counts.js';
import { type Columns, conditionsOf, listOf, type ListQuery } from './list-query.js';
import { type Page, paginationOf, rangeOf } from './page.js';
import { shapeOf, written } from './written-statements.js';

type Builder = SelectQueryBuilder<ObjectLiteral>;

/** A page with what belongs to its rows. */
export interface PageWithRelated<Row, More> extends Page<Row> {
  readonly related: readonly More[];
}

/**
 * Reads the page that `query` asks for, and how many rows there are in all, in one statement whatever its size.
 * Rows are plain objects with the columns that the list declares; no entity is made of them.
 *
 * @param from the rows that there are, with every alias that the declaration names, and without a selection
 * @throws AppError `invalidPage`
 */
export async function readPage<Row>(from: Builder, query: ListQuery): Promise<Page<Row>> {
  const { pagination, results } = await readPageWith<Row, never>(undefined, from, query);
  return { pagination, results };
}

/**
 * As `readPage`, and reads in the same statement what belongs to the rows of the page.
 *
 * @param counts of the lists of these rows, if their tables have revisions. Not in a transaction that changes them.
 */
export async function readPageWith<Row, More>(
  related: Related | undefined,
  from: Builder,
  query: ListQuery,
  counts?: KeptCounts,
): Promise<PageWithRelated<Row, More>> {
  const type = query.constructor as abstract new () => object;
  const { search, ordering, order, columns } = listOf(type);
  for (const [name, condition] of conditionsOf(type)) {
    const value = (query as unknown as Record<string, unknown>)[name];
    if (value !== undefined) condition(from, value, name);
  }
  applySearch(from, query.search, search);
  const { manager } = from.dataSource;
  const all = from.clone();
  // Which page is the last one is known only when the rows have been counted.
  const known = query.page === 'last' ? await countRows(all) : undefined;
  const { offset, limit } = rangeOf(query, known);
  const wanted = namesIn(query.ordering).filter(({ name }) => ordering.includes(name));
  applyOrder(from, wanted.length > 0 ? wanted : namesIn(order.join()), columns);
  const list = counts && JSON.stringify([shapeOf(all), all.getParameters()]);
  const kept = list === undefined ? undefined : counts?.find(list);
  if (counts !== undefined) {
    from.setParameters({ keptRevision: kept?.revision ?? null, keptCount: kept?.count ?? null });
  }
  const page = await readRows<Row, More>(manager, from.offset(offset).limit(limit), columns, {
    related,
    counted: known === undefined ? all : undefined,
    areCountsKept: counts !== undefined,
  });
  if (list !== undefined && page.revision !== undefined && page.count !== undefined) {
    counts?.keep(list, { revision: page.revision, count: page.count });
  }
  const count = known ?? page.count ?? (await countRows(all));
  return { pagination: paginationOf(query, count), results: page.rows, related: page.related };
}

async function countRows(from: Builder): Promise<number> {
  const row = await from.select('count(*)::int', 'count').getRawOne<{ count: number }>();
  return row?.count ?? 0;
}

/** Makes a statement that reads rows of another table; its conditions know the rows they belong to as `page`. */
export type Related = () => SelectQueryBuilder<ObjectLiteral>;

/** What else is read with rows, in the same statement. */
export interface RowsOptions {
  readonly related?: Related | undefined;
  /** These rows are counted. */
  readonly counted?: Builder | undefined;
  /** They are counted only if the revision is not the parameter `keptRevision`; else there are `keptCount`. */
  readonly areCountsKept?: boolean;
}

export interface Rows<Row, More> {
  readonly rows: Row[];
  /** Values of the database that JSON does not have (times, large numbers) are text here. */
  readonly related: More[];
  /** Undefined when there are no rows. */
  readonly count: number | undefined;
  /** The revision that the count is of, where counts are kept. */
  readonly revision: string | undefined;
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

/**
 * Reads rows, and whatever else is asked for, in one statement: going to the database and back costs more than most of
 * what is read there. Rows are plain objects with the columns; no entity is made of them.
 */
export async function readRows<Row, More = never>(
  manager: EntityManager,
  from: Builder,
  columns: Columns,
  options: RowsOptions = {},
): Promise<Rows<Row, More>> {
  const { related, counted, areCountsKept } = options;
  const shape = [...shapeOf(from), related !== undefined, counted !== undefined, areCountsKept];
  const statement = written(columns, shape, () => write(from, columns, options));
  const read = await manager.query<(Row & { count?: number; revision?: string; related?: More[] })[]>(
    ...manager.dataSource.driver.escapeQueryWithParameters(statement, from.getParameters()),
  );
  const [first] = read;
  const rows = read.map((row) => pick(row, columns));
  return { rows, related: first?.related ?? [], count: first?.count, revision: first?.revision };
}

function write(from: Builder, columns: Columns, { related, counted, areCountsKept }: RowsOptions): string {
  const parts = [`page as materialized (${select(from, columns).getQuery()})`];
  const sources = ['page'];
  const selection = ['page.*'];
  if (counted !== undefined) {
    const count = `(${counted.select('count(*)::int').getQuery()})`;
    if (areCountsKept) {
      parts.push('now as materialized (select revision from "current_revision")');
      sources.push('now');
      selection.push('now.revision as "revision"');
      selection.push(`case when now.revision = :keptRevision then :keptCount::int else ${count} end as "count"`);
    } else {
      selection.push(`${count} as "count"`);
    }
  }
  if (related !== undefined) {
    const all = `select coalesce(json_agg(related), '[]') from (${related().getQuery()}) related`;
    // Sent with the first row only: it is the same for all.
    selection.push(`case when row_number() over () = 1 then (${all}) end as "related"`);
  }
  return `with ${parts.join(', ')} select ${selection.join(', ')} from ${sources.join(', ')}`;
}

/** Only the columns: what was read besides is no part of a row. */
function pick<Row>(row: Row, columns: Columns): Row {
  const picked: Record<string, unknown> = {};
  for (const name in columns) picked[name] = (row as Record<string, unknown>)[name];
  return picked as Row;
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
