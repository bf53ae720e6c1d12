import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { columnsOf } from '../rest/fields/columns-of.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import { Referrers } from '../rest/referrers.js';
import type { Reference } from '../rest/used-by.js';
import { BackgroundFiles } from './backgrounds/background-files.js';
import type { FlowListQuery } from './dto/flow-list.query.js';
import type { FlowDto, FlowRequestDto, PatchedFlowRequestDto } from './dto/flow.dto.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { bindingName } from './flow-stage-binding.mapper.js';
import { Flow } from './flow.entity.js';
import { flowResponse, flowDetailColumns, type FlowDetailRow } from './flow.mapper.js';
import { stagesReferencing } from './stage-references.js';

/** Reads and writes flows. */
@Injectable()
export class FlowService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly backgrounds: BackgroundFiles,
    private readonly referrers: Referrers,
  ) {}

  async list(query: FlowListQuery, visible: VisibleRows): Promise<Page<FlowDto>> {
    const { pagination, results } = await readPage<FlowDetailRow>(this.flows(visible), query);
    return { pagination, results: results.map(flowResponse) };
  }

  /** @throws AppError `notFound` */
  async get(slug: string, visible: VisibleRows): Promise<FlowDto> {
    return this.getWhere('flow.slug = :key', slug, visible);
  }

  /** Returns several flows by key; unknown keys are absent. */
  async getMany(pks: readonly string[]): Promise<ReadonlyMap<string, FlowDto>> {
    if (pks.length === 0) return new Map();
    const flows = this.flows(everyRow).andWhere('flow.pk = any(:pks)', { pks });
    const rows = await select(flows, flowDetailColumns).getRawMany<FlowDetailRow>();
    return new Map(rows.map((row) => [row.pk, flowResponse(row)]));
  }

  async create(request: FlowRequestDto): Promise<FlowDto> {
    const pk = randomUUID();
    await this.dataSource.transaction((manager) => this.insert(manager, request, pk));
    return this.getWhere('flow.pk = :key', pk, everyRow);
  }

  /** Changes the fields in the request and, also for a PUT, no others (management API, section 5.1). */
  async update({ pk }: Flow, request: FlowRequestDto | PatchedFlowRequestDto): Promise<FlowDto> {
    await this.dataSource.transaction((manager) => this.change(manager, pk, request));
    return this.getWhere('flow.pk = :key', pk, everyRow);
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: FlowRequestDto, pk: string): Promise<void> {
    await manager.insert(Flow, { ...columnsOf<Flow>(request), pk, policybindingmodelPtrId: randomUUID() });
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: PatchedFlowRequestDto): Promise<void> {
    const columns = columnsOf<Flow>(request);
    if (Object.keys(columns).length > 0) await manager.update(Flow, { pk }, columns);
  }

  /** Deletes the flow, its bindings and its uploaded background, but not its stages. */
  async remove({ pk }: Flow): Promise<void> {
    const [[removed]] = await this.dataSource.transaction((manager) =>
      manager.query<[{ background: string }[], number]>(
        'delete from "flow" where flow_uuid = $1 returning background',
        [pk],
      ),
    );
    if (removed !== undefined) await this.backgrounds.discard(removed.background);
  }

  /**
   * Returns the objects that refer to a flow (management API, section 5.7).
   *
   * @throws AppError `notFound`
   */
  async references(slug: string, visible: VisibleRows): Promise<Reference[]> {
    const { pk } = await this.get(slug, visible);
    const { manager } = this.dataSource;
    const bindings = (): SelectQueryBuilder<FlowStageBinding> =>
      manager
        .createQueryBuilder(FlowStageBinding, 'binding')
        .where('binding.targetId = :pk', { pk })
        .orderBy('binding.order');
    return [
      {
        app: 'authentik_flows',
        model: 'flowstagebinding',
        action: 'cascade',
        rows: bindings().select('binding.pk', 'pk').addSelect(bindingName, 'name'),
      },
      {
        app: 'authentik_flows',
        model: 'stage',
        action: 'cascade_many',
        rows: bindings()
          .innerJoin('binding.stage', 'stage')
          .select('stage.pk', 'pk')
          .addSelect(`concat('Stage ', stage.name)`, 'name'),
      },
      ...stagesReferencing(manager, Flow, pk),
      ...this.referrers.of('authentik_flows.flow', manager, pk),
    ];
  }

  private async getWhere(condition: string, key: string, visible: VisibleRows): Promise<FlowDto> {
    const flow = this.flows(visible).andWhere(condition, { key });
    const row = await select(flow, flowDetailColumns).getRawOne<FlowDetailRow>();
    if (row === undefined) throw new AppError('notFound');
    return flowResponse(row);
  }

  private flows(visible: VisibleRows): SelectQueryBuilder<Flow> {
    return restrict(this.dataSource.manager.createQueryBuilder(Flow, 'flow'), visible);
  }
}
