import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import type { RowCounts } from '../cache/row-counts.js';
import { cachedStatement, shapeOf } from '../cache/statement-cache.js';
import { pythonTrim } from '../fields/python-text.js';
import { queryForClient } from '../http/abandoned-statement.js';
import { containing } from './like-pattern.js';
import { type Columns, conditionsOf, listOf, type ListQuery, wordsOf } from './list-query.js';
import { type Page, paginationOf, rangeOf } from './page.js';

type Builder = SelectQueryBuilder<ObjectLiteral>;

/** A page with the related rows of its rows. */
export interface PageWithRelated<Row, RelatedRow> extends Page<Row> {
  readonly related: readonly RelatedRow[];
}

/**
 * Reads one page of a list, and its row count, in one statement for any size of the page. Rows are plain objects
 * with the declared columns; no entities are made.
 *
 * @param from the rows of the list, with every alias that the declaration names, and without a selection
 * @throws AppError `invalidPage`
 */
export async function readPage<Row>(from: Builder, query: ListQuery): Promise<Page<Row>> {
  const { pagination, results } = await readPageWith<Row, never>(undefined, from, query);
  return { pagination, results };
}

/**
 * Like `readPage`, and reads related rows in the same statement.
 *
 * @param counts cache of row counts, for tables that have revisions. Not in a transaction that changes them.
 */
export async function readPageWith<Row, RelatedRow>(
  related: Related | undefined,
  from: Builder,
  query: ListQuery,
  counts?: RowCounts,
): Promise<PageWithRelated<Row, RelatedRow>> {
  const type = query.constructor as abstract new () => object;
  const { ordering, order, columns } = listOf(type);
  applyFilters(from, type, query);
  const { manager } = from.dataSource;
  const all = from.clone();
  // The number of the last page is known only after counting.
  const known = query.page === 'last' ? await countRows(all) : undefined;
  const { offset, limit } = rangeOf(query, known);
  const wanted = namesIn(query.ordering).filter(({ name }) => ordering.includes(name));
  applyOrder(from, wanted.length > 0 ? wanted : namesIn(order.join()), columns);
  const page = await readRows<Row, RelatedRow>(manager, from.offset(offset).limit(limit), columns, {
    query,
    related,
    counted: known === undefined ? all : undefined,
    counts,
  });
  const count = known ?? page.count ?? (await countRows(all));
  return { pagination: paginationOf(query, count), results: page.rows, related: page.related };
}

/**
 * Restricts a query to the rows that the filters and the search of a list match.
 *
 * @param type the query class of the list
 */
export function applyFilters(
  from: Builder,
  type: abstract new () => object,
  given: { readonly search?: string | undefined },
): void {
  for (const [name, condition] of conditionsOf(type)) {
    const value = (given as unknown as Record<string, unknown>)[name];
    if (value !== undefined) condition(from, value, name);
  }
  applySearch(from, given.search, listOf(type).search);
}

async function countRows(from: Builder): Promise<number> {
  const row = await from.select('count(*)::int', 'count').getRawOne<{ count: number }>();
  return row?.count ?? 0;
}

/** A query for related rows of another table; its conditions refer to the rows of the page as `page`. */
export interface Related {
  /** Cache key of the query: equal keys mean equal SQL. */
  readonly key: string;
  readonly build: () => SelectQueryBuilder<ObjectLiteral>;
}

/** What to read in the same statement as the rows. */
export interface RowsOptions {
  /** The query of the request: the statement is cancelled when its client is gone. */
  readonly query?: object | undefined;
  readonly related?: Related | undefined;
  /** The rows to count. */
  readonly counted?: Builder | undefined;
  /** Cache of their count. */
  readonly counts?: RowCounts | undefined;
}

export interface Rows<Row, RelatedRow> {
  readonly rows: Row[];
  /** Database values that JSON does not have (timestamps, large numbers) are strings. */
  readonly related: RelatedRow[];
  /** Undefined if there are no rows, or they were not counted. */
  readonly count: number | undefined;
}

/** Adds the columns to a builder, each under its output name. */
export function select<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  columns: Columns,
): SelectQueryBuilder<T> {
  builder.select([]);
  for (const [name, property] of Object.entries(columns)) builder.addSelect(property, name);
  return builder;
}

/**
 * Reads rows, their related rows and their count in one statement: a round trip to the database costs more than most of
 * these reads. Rows are plain objects with the columns; no entities are made.
 */
export async function readRows<Row, RelatedRow = never>(
  manager: EntityManager,
  from: Builder,
  columns: Columns,
  options: RowsOptions = {},
): Promise<Rows<Row, RelatedRow>> {
  const { query, related, counted, counts } = options;
  const countKey = counted && counts && JSON.stringify([shapeOf(counted), counted.getParameters()]);
  const cachedCount = countKey === undefined ? undefined : counts?.find(countKey);
  if (countKey !== undefined) {
    from.setParameters({ cachedRevision: cachedCount?.revision ?? null, cachedCount: cachedCount?.count ?? null });
  }
  const key = [columns, shapeOf(from), related?.key, counted !== undefined, countKey !== undefined];
  const statement = cachedStatement(JSON.stringify(key), () => buildStatement(from, columns, options));
  const read = await queryForClient<Row & { count?: number; revision?: string; related?: RelatedRow[] }>(
    manager,
    query,
    ...manager.dataSource.driver.escapeQueryWithParameters(statement, from.getParameters()),
  );
  const [first] = read;
  const { count, revision } = first ?? {};
  if (countKey !== undefined && revision !== undefined && count !== undefined)
    counts?.store(countKey, { revision, count });
  return { rows: read.map((row) => pick(row, columns)), related: first?.related ?? [], count };
}

function buildStatement(from: Builder, columns: Columns, { related, counted, counts }: RowsOptions): string {
  const parts = [`page as materialized (${select(from, columns).getQuery()})`];
  const sources = ['page'];
  const selection = ['page.*'];
  if (counted !== undefined) {
    const count = `(${counted.select('count(*)::int').getQuery()})`;
    if (counts === undefined) {
      selection.push(`${count} as "count"`);
    } else {
      parts.push('now as materialized (select revision from "current_revision")');
      sources.push('now');
      selection.push('now.revision as "revision"');
      selection.push(`case when now.revision = :cachedRevision then :cachedCount::int else ${count} end as "count"`);
    }
  }
  if (related !== undefined) {
    const all = `select coalesce(json_agg(related), '[]') from (${related.build().getQuery()}) related`;
    // With the first row only: it is the same for all.
    selection.push(`case when row_number() over () = 1 then (${all}) end as "related"`);
  }
  return `with ${parts.join(', ')} select ${selection.join(', ')} from ${sources.join(', ')}`;
}

/** Only the declared columns: count, revision and related rows are not part of a row. */
function pick<Row>(row: Row, columns: Columns): Row {
  const picked: Record<string, unknown> = {};
  for (const name in columns) picked[name] = (row as Record<string, unknown>)[name];
  return picked as Row;
}

function applySearch(from: Builder, text: string | undefined, properties: readonly string[]): void {
  wordsOf(text ?? '').forEach((term, index) => {
    const parameter = `search_${index}`;
    const matches = properties.map((property) => `(${property})::text ilike :${parameter}`);
    from.andWhere(`(${matches.join(' or ')})`, { [parameter]: containing(term) });
  });
}

function namesIn(ordering: string | undefined): { name: string; direction: 'ASC' | 'DESC' }[] {
  return (ordering ?? '').split(',').map((item) => {
    const name = pythonTrim(item);
    return name.startsWith('-') ? { name: name.slice(1), direction: 'DESC' } : { name, direction: 'ASC' };
  });
}

/**
 * Sorts by the names, then by the primary key, so that every row is on exactly one page. Of a repeated name only the first
 * counts.
 */
function applyOrder(from: Builder, names: ReturnType<typeof namesIn>, columns: Columns): void {
  const order = new Map<string, 'ASC' | 'DESC'>();
  for (const { name, direction } of [...names, { name: 'pk', direction: 'ASC' as const }]) {
    const property = columns[name];
    if (property !== undefined && !order.has(property)) order.set(property, direction);
  }
  from.orderBy(Object.fromEntries(order));
}
