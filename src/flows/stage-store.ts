import { randomUUID } from 'node:crypto';

import type { DataSource, DeepPartial, EntityManager, SelectQueryBuilder } from 'typeorm';

import type { Authority, Party } from '../core/authority/authority.service.js';
import type { HandedOn, Subject } from '../core/authority/read-standings.js';
import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { RowCounts } from '../rest/cache/row-counts.js';
import { AppError } from '../rest/errors/app-error.js';
import type { Columns, ListQuery } from '../rest/list/list-query.js';
import type { Page } from '../rest/list/page.js';
import { readPageWith, readRows } from '../rest/list/read-page.js';
import type { Reference } from '../rest/used-by.js';
import type { StageDto } from './dto/stage.dto.js';
import { type FlowWithStages, type FlowSetReader, type FlowSets, groupFlowsByStage } from './flow-set.js';
import type { StageKind } from './stage-kinds.js';
import { stageReferences } from './stage-references.js';
import type { Stage } from './stage.entity.js';
import { stageAnswer, type StageRow } from './stage.mapper.js';

/** How the stages of one kind are stored and answered. */
export interface StoredStageKind<
  Entity extends Stage = Stage,
  Answer extends StageDto = StageDto,
  Request extends StageRequest = StageRequest,
> extends StageKind {
  readonly entity: new () => Entity;
  /** DTO of a response. */
  readonly answer: new () => Answer;
  /** DTOs of a request that creates a stage, and of one that changes it: in the API and in imported files. */
  readonly request: new () => Request;
  readonly patch: new () => Partial<Request>;
  /** The selected columns by field, in a query that calls the stage `stage`. Never a secret. */
  readonly columns: Columns;
  /** The fields that only this kind has, in the order of a response. */
  readonly fields: readonly string[];
  /** Values of fields without a column. */
  readonly constants: Readonly<Record<string, unknown>>;
  /** The rights that a stage hands on to its visitors: only callers who have them may write it. */
  handsOn?(stage: Entity): HandedOn;
}

/** The fields of a request for a stage of any kind. */
export interface StageRequest {
  readonly name?: string;
  readonly flow_set?: unknown;
}

/**
 * Stores the stages of one kind. A kind whose requests set more than its columns subclasses it and overrides `columnsOf`,
 * `afterWrite` or `references`.
 */
export class StageStore<
  Entity extends Stage = Stage,
  Answer extends StageDto = StageDto,
  Request extends StageRequest = StageRequest,
> {
  private readonly counts = new RowCounts();

  constructor(
    readonly kind: StoredStageKind<Entity, Answer, Request>,
    protected readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly authority: Authority,
  ) {}

  async list(query: ListQuery, visible: VisibleRows): Promise<Page<Answer>> {
    const flows = this.flowSets.flowsOf('select pk from page');
    const page = await readPageWith<StageRow, FlowWithStages>(flows, this.stages(visible), query, this.counts);
    return { pagination: page.pagination, results: this.answers(page.results, groupFlowsByStage(page.related)) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<Answer> {
    return this.read(this.dataSource.manager, pk, visible);
  }

  /** As `get`, in the caller's transaction. */
  async read(manager: EntityManager, pk: string, visible: VisibleRows): Promise<Answer> {
    const stage = this.stages(visible, manager).andWhere('stage.pk = :pk', { pk });
    const related = this.flowSets.flowsOf('select pk from page');
    const found = await readRows<StageRow, FlowWithStages>(manager, stage, this.kind.columns, { related });
    const [answer] = this.answers(found.rows, groupFlowsByStage(found.related));
    if (answer === undefined) throw new AppError('notFound');
    return answer;
  }

  /** @throws AppError `forbidden` if the stage hands on rights that the caller lacks */
  create(request: Request, by: Party): Promise<Answer> {
    const pk = randomUUID();
    return this.write(pk, by, (manager) => this.insert(manager, request, pk));
  }

  /** Changes the given fields only, for PUT and PATCH alike. @throws AppError `forbidden` as `create` */
  update({ pk }: Stage, request: Request | Partial<Request>, by: Party): Promise<Answer> {
    return this.write(pk, by, (manager) => this.change(manager, pk, request));
  }

  /** As `create`, in the caller's transaction and without the check of rights. */
  async insert(manager: EntityManager, request: Request, pk: string): Promise<void> {
    const stage = Object.assign(new this.kind.entity(), this.columnsOf(request), { pk });
    await manager.insert<Stage>(this.kind.entity, stage);
    await this.afterWrite(manager, pk, request);
  }

  /** As `update`, in the caller's transaction and without the check of rights. */
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

  /** The stage as `Authority` compares it before and after a change; undefined if its kind hands on no rights. */
  subject(pk: string): Subject | undefined {
    const { kind } = this;
    if (kind.handsOn === undefined) return undefined;
    return {
      stage: async (manager: EntityManager) => {
        const stage = await manager.findOne<Stage>(kind.entity, { where: { pk } });
        return stage === null ? undefined : kind.handsOn?.(stage as Entity);
      },
    };
  }

  /**
   * The columns that a request sets, by property. Fields without a column of the stage are left out: `flow_set` is
   * validated and has no effect, because bindings decide which flows a stage is in.
   */
  protected columnsOf(request: Partial<Request>): Partial<Entity> {
    const columns = Object.entries(request).flatMap(([field, value]: [string, unknown]) => {
      const property = /^stage\.(\w+)$/.exec(this.kind.columns[field] ?? '')?.[1];
      return property === undefined || value === undefined ? [] : [[property, value] as const];
    });
    return Object.fromEntries(columns) as Partial<Entity>;
  }

  /** Writes what a request sets in other tables. */
  protected afterWrite(_manager: EntityManager, _pk: string, _request: Partial<Request>): Promise<void> {
    return Promise.resolve();
  }

  private write(pk: string, by: Party, change: (manager: EntityManager) => Promise<void>): Promise<Answer> {
    const subject = this.subject(pk);
    return this.dataSource.transaction(async (manager) => {
      if (subject === undefined) await change(manager);
      else await this.authority.changing(manager, by, [subject], () => change(manager));
      return this.read(manager, pk, everyRow);
    });
  }

  private stages(visible: VisibleRows, manager = this.dataSource.manager): SelectQueryBuilder<Stage> {
    return restrict(manager.createQueryBuilder<Stage>(this.kind.entity, 'stage'), visible);
  }

  private answers(rows: readonly StageRow[], flows: FlowSets): Answer[] {
    const { kind } = this;
    return rows.map((row) => {
      const values: Readonly<Record<string, unknown>> = { ...kind.constants, ...row };
      // Spreading all of it into one literal takes fifty times as long, and most of the time of a long page.
      const answer = stageAnswer(row, kind, flows.get(row.pk) ?? []) as unknown as Record<string, unknown>;
      for (const field of kind.fields) answer[field] = values[field];
      return answer as unknown as Answer;
    });
  }
}
