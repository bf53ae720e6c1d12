import { randomUUID } from 'node:crypto';

import type { DataSource, EntityManager, SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import type { RowCounts } from '../../rest/cache/row-counts.js';
import { AppError } from '../../rest/errors/app-error.js';
import { conflictingWrites } from '../../rest/errors/database-conflict.js';
import type { Columns, ListQuery } from '../../rest/list/list-query.js';
import type { Page } from '../../rest/list/page.js';
import { readPageWith, readRows, type Related } from '../../rest/list/read-page.js';
import type { Reference } from '../../rest/used-by.js';
import type { Caller, KnownUsers } from './caller.js';

interface Keyed {
  readonly pk: string;
}

/** How the rows of a resource are stored and read. */
export interface StoredResource<Entity> {
  readonly entity: new () => Entity;
  /** Alias of the entity in `columns` and in the filters of the list. */
  readonly alias: string;
  /** The selected columns by field. Requests set those that are a property of the entity: `<alias>.<property>`. */
  readonly columns: Columns;
  /** Property with the creator of a row, for resources whose keys are secret. */
  readonly creator?: string;
  /** Rows of other tables that are read in the same statement. */
  readonly related?: Related;
  /** Cache of row counts, for tables that have revisions. */
  readonly counts?: RowCounts;
}

/** What the responses of some rows are made of. */
export interface ReadRows<Row, RelatedRow> {
  readonly manager: EntityManager;
  readonly rows: readonly Row[];
  readonly related: readonly RelatedRow[];
  /** The users whose details may be shown. */
  readonly known: KnownUsers;
}

/**
 * Reads and writes the rows of a resource: base class for services of `ResourceController` and of imported files. A
 * subclass adds the responses, and overrides what is specific to its resource.
 */
export abstract class ResourceStore<Entity extends Keyed, Row, Dto, Request extends object, RelatedRow = never> {
  constructor(
    protected readonly dataSource: DataSource,
    private readonly stored: StoredResource<Entity>,
  ) {}

  async list(query: ListQuery, visible: VisibleRows, { knownUsers: known }: Caller): Promise<Page<Dto>> {
    const { manager } = this.dataSource;
    const { related: relatedQuery, counts } = this.stored;
    const from = this.visibleRows(manager, visible, known);
    const { pagination, results, related } = await readPageWith<Row, RelatedRow>(relatedQuery, from, query, counts);
    return { pagination, results: await this.responses({ manager, rows: results, related, known }) };
  }

  /** @throws AppError `notFound` */
  get(pk: string, visible: VisibleRows, { knownUsers }: Caller): Promise<Dto> {
    return this.read(this.dataSource.manager, pk, visible, knownUsers);
  }

  /** As `get`, in the caller's transaction. */
  async read(manager: EntityManager, pk: string, visible: VisibleRows, known: KnownUsers = null): Promise<Dto> {
    const { alias, columns, related } = this.stored;
    const from = this.visibleRows(manager, visible, known).andWhere(`${alias}.pk = :pk`, { pk });
    const found = await readRows<Row, RelatedRow>(manager, from, columns, { related });
    const [response] = await this.responses({ manager, ...found, known });
    if (response === undefined) throw new AppError('notFound');
    return response;
  }

  /** @throws StatusError if a concurrent request deleted the row, or what it belongs to */
  async create(request: Request, by: Caller): Promise<Dto> {
    const pk = randomUUID();
    await this.write(pk, by, (manager) => this.insert(manager, request, pk, by));
    return this.get(pk, everyRow, by).catch((error: unknown) => {
      throw error instanceof AppError && error.code === 'notFound' ? conflictingWrites() : error;
    });
  }

  /** Changes the given fields only, for PUT and PATCH alike. */
  async update({ pk }: Keyed, request: Request | Partial<Request>, by: Caller): Promise<Dto> {
    await this.write(pk, by, (manager) => this.change(manager, pk, request));
    return this.get(pk, everyRow, by);
  }

  /** As `create`, in the caller's transaction. `by` is undefined for an imported file. */
  async insert(manager: EntityManager, request: Request, pk: string, by?: Caller): Promise<void> {
    const values = await this.valuesOf(manager, request);
    await manager.insert<Keyed>(this.stored.entity, Object.assign(this.newRow(pk, by), values));
    await this.afterWrite(manager, pk, request);
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: Request | Partial<Request>): Promise<void> {
    const values = await this.valuesOf(manager, request);
    if (Object.keys(values).length > 0) {
      await manager.update<Keyed>(this.stored.entity, { pk }, values);
    }
    await this.afterWrite(manager, pk, request);
  }

  async remove({ pk }: Keyed, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete<Keyed>(this.stored.entity, { pk }));
  }

  /** Returns what refers to a row; nothing unless a subclass knows better. @throws AppError `notFound` */
  async references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    await this.read(this.dataSource.manager, pk, visible);
    return [];
  }

  /** Returns the responses for rows, in their order. */
  protected abstract responses(read: ReadRows<Row, RelatedRow>): Dto[] | Promise<Dto[]>;

  /** Starts a query for the rows, with the aliases of `columns` and of the list. */
  protected rows(manager: EntityManager, _known: KnownUsers): SelectQueryBuilder<Entity> {
    return manager.createQueryBuilder<Entity>(this.stored.entity, this.stored.alias);
  }

  /** Runs a change in a transaction. */
  protected write(_pk: string, _by: Caller, change: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.dataSource.transaction(change);
  }

  /** A row to insert, without the values of the request. */
  protected newRow(pk: string, _by: Caller | undefined): Entity {
    return Object.assign(new this.stored.entity(), { pk });
  }

  /** The properties that a request sets, if the database is needed for them. */
  protected valuesOf(_manager: EntityManager, request: Partial<Request>): Promise<Partial<Entity>> {
    return Promise.resolve(this.columnsOf(request));
  }

  /** The properties that a request sets. Fields without a column of the entity are left out: they have no effect. */
  protected columnsOf(request: Partial<Request>): Partial<Entity> {
    const { alias, columns } = this.stored;
    const values = Object.entries(request).flatMap(([field, value]: [string, unknown]) => {
      const [owner, property, ...more] = (columns[field] ?? '').split('.');
      const isColumn = owner === alias && property !== undefined && /^\w+$/.test(property) && more.length === 0;
      return isColumn && value !== undefined ? [[property, value] as const] : [];
    });
    return Object.fromEntries(values) as Partial<Entity>;
  }

  /** Writes what a request sets in other tables. */
  protected afterWrite(_manager: EntityManager, _pk: string, _request: Partial<Request>): Promise<void> {
    return Promise.resolve();
  }

  private visibleRows(manager: EntityManager, visible: VisibleRows, known: KnownUsers): SelectQueryBuilder<Entity> {
    return restrict(this.rows(manager, known), visible, this.stored.creator);
  }
}
