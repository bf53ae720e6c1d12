import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { conflictingWrites } from '../rest/errors/database-conflict.js';
import { columnsOf } from '../rest/fields/columns-of.js';
import type { Page } from '../rest/list/page.js';
import { readPageWith, readRows } from '../rest/list/read-page.js';
import type { FlowStageBindingListQuery } from './dto/flow-stage-binding-list.query.js';
import type {
  FlowStageBindingDto,
  FlowStageBindingRequestDto,
  PatchedFlowStageBindingRequestDto,
} from './dto/flow-stage-binding.dto.js';
import { type FlowWithStages, FlowSetReader, type FlowSets, groupFlowsByStage } from './flow-set.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { bindingAnswer, type BindingRow, bindingRowColumns } from './flow-stage-binding.mapper.js';
import { StageKinds } from './stage-kinds.js';

/** Reads and writes flow-stage bindings. */
@Injectable()
export class FlowStageBindingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly flowSets: FlowSetReader,
    private readonly kinds: StageKinds,
  ) {}

  async list(query: FlowStageBindingListQuery, visible: VisibleRows): Promise<Page<FlowStageBindingDto>> {
    const flows = this.flowSets.flowsOf('select stage from page');
    const page = await readPageWith<BindingRow, FlowWithStages>(flows, this.bindings(visible), query);
    return { pagination: page.pagination, results: this.answers(page.results, groupFlowsByStage(page.related)) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<FlowStageBindingDto> {
    const binding = await this.find(pk, visible);
    if (binding === undefined) throw new AppError('notFound');
    return binding;
  }

  async create(request: FlowStageBindingRequestDto): Promise<FlowStageBindingDto> {
    const pk = randomUUID();
    await this.dataSource.transaction((manager) => this.insert(manager, request, pk));
    const binding = await this.find(pk, everyRow);
    // A concurrent delete of its flow or stage deleted the binding too.
    if (binding === undefined) throw conflictingWrites();
    return binding;
  }

  /** Changes the fields in the request and, also for a PUT, no others. */
  async update(
    { pk }: FlowStageBinding,
    request: FlowStageBindingRequestDto | PatchedFlowStageBindingRequestDto,
  ): Promise<FlowStageBindingDto> {
    await this.dataSource.transaction((manager) => this.change(manager, pk, request));
    return this.get(pk, everyRow);
  }

  /** As `create`, in the caller's transaction. */
  async insert(manager: EntityManager, request: FlowStageBindingRequestDto, pk: string): Promise<void> {
    const columns = columnsOfBinding(request);
    await manager.insert(FlowStageBinding, { ...columns, pk, policybindingmodelPtrId: randomUUID() });
  }

  /** As `update`, in the caller's transaction. */
  async change(manager: EntityManager, pk: string, request: PatchedFlowStageBindingRequestDto): Promise<void> {
    const columns = columnsOfBinding(request);
    if (Object.keys(columns).length > 0) await manager.update(FlowStageBinding, { pk }, columns);
  }

  /** Deletes the binding, but neither flow nor stage. */
  async remove({ pk }: Pick<FlowStageBinding, 'pk'>, manager = this.dataSource.manager): Promise<void> {
    await manager.transaction((transaction) => transaction.delete(FlowStageBinding, { pk }));
  }

  private async find(pk: string, visible: VisibleRows): Promise<FlowStageBindingDto | undefined> {
    const binding = this.bindings(visible).andWhere('binding.pk = :pk', { pk });
    const related = this.flowSets.flowsOf('select stage from page');
    const { manager } = this.dataSource;
    const found = await readRows<BindingRow, FlowWithStages>(manager, binding, bindingRowColumns, { related });
    const [answer] = this.answers(found.rows, groupFlowsByStage(found.related));
    return answer;
  }

  private bindings(visible: VisibleRows): SelectQueryBuilder<FlowStageBinding> {
    const bindings = this.dataSource.manager.createQueryBuilder(FlowStageBinding, 'binding');
    return restrict(bindings.innerJoin('binding.stage', 'stage'), visible);
  }

  private answers(rows: readonly BindingRow[], flows: FlowSets): FlowStageBindingDto[] {
    return rows.map((row) => bindingAnswer(row, this.kinds.get(row.stage_kind), flows.get(row.stage) ?? []));
  }
}

function columnsOfBinding({ target, stage, ...others }: PatchedFlowStageBindingRequestDto): Partial<FlowStageBinding> {
  return columnsOf<FlowStageBinding>({ ...others, targetId: target, stageId: stage });
}
