import { randomUUID } from 'node:crypto';

import type { DataSource, DeepPartial, EntityManager, SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { RowCounts } from '../rest/cache/row-counts.js';
import { AppError } from '../rest/errors/app-error.js';
import { columnsOf } from '../rest/fields/columns-of.js';
import type { Columns, ListQuery } from '../rest/list/list-query.js';
import type { Page } from '../rest/list/page.js';
import { readPageWith, readRows } from '../rest/list/read-page.js';
import type { Reference } from '../rest/used-by.js';
import type { StageDto } from './dto/stage.dto.js';
import { type FlowOfStages, type FlowSetReader, type FlowSets, flowSetsOf } from './flow-set.js';
import type { StageKind } from './stage-kinds.js';
import { stageReferences } from './stage-references.js';
import type { Stage } from './stage.entity.js';
import { stageAnswer, type StageRow } from './stage.mapper.js';

/** How the stages of one kind are stored and told. */
export interface StoredStageKind<Entity extends Stage, Answer extends StageDto> extends StageKind {
  readonly entity: new () => Entity;
  /** What a request may hold that creates one, and what may be changed of one: of the API, and of an imported file. */
  readonly request: abstract new () => StageRequest;
  readonly patch: abstract new () => StageRequest;
  /** What is read of a stage, in a statement that calls it `stage`. Never a secret. */
  readonly columns: Columns;
  /** What clients are told of a row besides what every stage has. */
  readonly own: (row: never) => Omit<Answer, keyof StageDto>;
}

/** What a request may say of a stage of any kind. */
export interface StageRequest {
  readonly name?: string;
  readonly flow_set?: unknown;
}

/**
 * Keeps the stages of one kind: what every kind does alike. A kind whose request is more than its columns says so by
 * overriding `columnsOf`, `afterWrite` or `answers`.
 */
export abstract class StageStore<Entity extends Stage, Answer extends StageDto, Request extends StageRequest> {
  private readonly counts = new RowCounts();

  protected constructor(
    protected readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    readonly kind: StoredStageKind<Entity, Answer>,
  ) {}

  async list(query: ListQuery, visible: VisibleRows): Promise<Page<Answer>> {
    const flows = this.flowSets.flowsOf('select pk from page');
    const page = await readPageWith<StageRow, FlowOfStages>(flows, this.stages(visible), query, this.counts);
    return { pagination: page.pagination, results: this.answers(page.results, flowSetsOf(page.related)) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows, manager = this.dataSource.manager): Promise<Answer> {
    const stage = this.stages(visible, manager).andWhere('stage.pk = :pk', { pk });
    const related = this.flowSets.flowsOf('select pk from page');
    const found = await readRows<StageRow, FlowOfStages>(manager, stage, this.kind.columns, { related });
    const [answer] = this.answers(found.rows, flowSetsOf(found.related));
    if (answer === undefined) throw new AppError('notFound');
    return answer;
  }

  /** @param pk the key of the new stage; a random one if not given */
  create(request: Request, pk: string = randomUUID()): Promise<Answer> {
    return this.dataSource.transaction(async (manager) => {
      await this.insert(manager, request, pk);
      return this.get(pk, everyRow, manager);
    });
  }

  /** Changes what the request names; the rest stays as it is, also for a PUT. */
  update({ pk }: Stage, request: Request | Partial<Request>): Promise<Answer> {
    return this.dataSource.transaction(async (manager) => {
      await this.change(manager, pk, request);
      return this.get(pk, everyRow, manager);
    });
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: Request, pk: string): Promise<void> {
    const stage = Object.assign(new this.kind.entity(), this.columnsOf(request), { pk });
    await manager.insert<Stage>(this.kind.entity, stage);
    await this.afterWrite(manager, pk, request);
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: Request | Partial<Request>): Promise<void> {
    const columns = this.columnsOf(request);
    if (Object.keys(columns).length > 0) {
      await manager.update<Stage>(this.kind.entity, { pk }, columns as DeepPartial<Stage>);
    }
    await this.afterWrite(manager, pk, request);
  }

  /** Removes the stage and its bindings. */
  async remove({ pk }: Stage, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete<Stage>(this.kind.entity, { pk }));
  }

  /** @throws AppError `notFound` */
  async references(pk: string, visible: VisibleRows): Promise<Reference[]> {
    await this.get(pk, visible);
    return stageReferences(this.dataSource.manager, pk);
  }

  protected stages(visible: VisibleRows, manager = this.dataSource.manager): SelectQueryBuilder<Stage> {
    return restrict(manager.createQueryBuilder<Stage>(this.kind.entity, 'stage'), visible);
  }

  /**
   * What a request sets, each under the property that it is read from. `flow_set` is checked but decides nothing:
   * bindings say which flows a stage stands in.
   */
  protected columnsOf({ flow_set: _, ...others }: Partial<Request>): Partial<Entity> {
    const named = Object.entries(others).map(([name, value]) => [this.propertyOf(name), value as unknown] as const);
    return columnsOf<Entity>(Object.fromEntries(named));
  }

  private propertyOf(field: string): string {
    return this.kind.columns[field]?.replace(/^stage\./, '') ?? field;
  }

  /** Writes what a request sets in other tables. */
  protected afterWrite(_manager: EntityManager, _pk: string, _request: Partial<Request>): Promise<void> {
    return Promise.resolve();
  }

  private answers(rows: readonly StageRow[], flows: FlowSets): Answer[] {
    return rows.map((row) => {
      const base = stageAnswer(row, this.kind, flows.get(row.pk) ?? []);
      // Spreading both into one literal takes fifty times as long, and most of the time of a long page.
      return Object.assign(base, this.kind.own(row as never)) as Answer;
    });
  }
}
