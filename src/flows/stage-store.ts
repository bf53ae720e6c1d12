import type { DataSource, EntityManager } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import type { Authority } from '../core/authority/authority.service.js';
import type { HandedOn, Subject } from '../core/authority/read-standings.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { RowCounts } from '../rest/cache/row-counts.js';
import type { Columns } from '../rest/list/list-query.js';
import type { Reference } from '../rest/used-by.js';
import type { StageDto } from './dto/stage.dto.js';
import { type FlowWithStages, type FlowSetReader, groupFlowsByStage } from './flow-set.js';
import type { StageKind } from './stage-kinds.js';
import { stageReferences } from './stage-references.js';
import type { Stage } from './stage.entity.js';
import { stageResponse, type StageRow } from './stage.mapper.js';

/** How the stages of one kind are stored and answered. */
export interface StoredStageKind<
  Entity extends Stage = Stage,
  Dto extends StageDto = StageDto,
  Request extends StageRequest = StageRequest,
> extends StageKind {
  readonly entity: new () => Entity;
  /** DTO of a response. */
  readonly response: new () => Dto;
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
 * `afterWrite` or `references`. `flow_set` has no column: bindings decide which flows a stage is in.
 */
export class StageStore<
  Entity extends Stage = Stage,
  Dto extends StageDto = StageDto,
  Request extends StageRequest = StageRequest,
> extends ResourceStore<Entity, StageRow, Dto, Request, FlowWithStages> {
  constructor(
    readonly kind: StoredStageKind<Entity, Dto, Request>,
    dataSource: DataSource,
    flowSets: FlowSetReader,
    private readonly authority: Authority,
  ) {
    const { entity, columns } = kind;
    const related = flowSets.flowsOf('select pk from page');
    super(dataSource, { entity, alias: 'stage', columns, related, counts: new RowCounts() });
  }

  override async references(pk: string, visible: VisibleRows, _by: Caller): Promise<Reference[]> {
    await this.read(this.dataSource.manager, pk, visible);
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

  /** @throws AppError `forbidden` if the stage hands on rights that the caller lacks */
  protected override write(pk: string, by: Caller, change: (manager: EntityManager) => Promise<void>): Promise<void> {
    const subject = this.subject(pk);
    if (subject === undefined) return super.write(pk, by, change);
    return this.dataSource.transaction((manager) =>
      this.authority.changing(manager, by, [subject], () => change(manager)),
    );
  }

  protected responses({ rows, related }: ReadRows<StageRow, FlowWithStages>): Dto[] {
    const { kind } = this;
    const flows = groupFlowsByStage(related);
    return rows.map((row) => {
      const values: Readonly<Record<string, unknown>> = { ...kind.constants, ...row };
      // Spreading all of it into one literal takes fifty times as long, and most of the time of a long page.
      const response = stageResponse(row, kind, flows.get(row.pk) ?? []) as unknown as Record<string, unknown>;
      for (const field of kind.fields) response[field] = values[field];
      return response as unknown as Dto;
    });
  }
}
