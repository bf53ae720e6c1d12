import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { everyRow, type VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { columnsOf } from '../rest/fields/columns-of.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import type {
  FlowStageBindingDto,
  FlowStageBindingRequestDto,
  PatchedFlowStageBindingRequestDto,
} from './dto/flow-stage-binding.dto.js';
import type { FlowStageBindingListQuery } from './dto/flow-stage-binding-list.query.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { bindingAnswer, bindingColumns, type BindingRow } from './flow-stage-binding.mapper.js';
import { StageService } from './stage.service.js';

/** Keeps the places of stages in flows. */
@Injectable()
export class FlowStageBindingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly stages: StageService,
  ) {}

  async list(query: FlowStageBindingListQuery, visible: VisibleRows): Promise<Page<FlowStageBindingDto>> {
    const bindings = this.bindings(visible).innerJoin('binding.stage', 'stage');
    const { pagination, results } = await readPage<BindingRow>(bindings, query);
    return { pagination, results: await this.answers(results) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<FlowStageBindingDto> {
    const binding = this.bindings(visible).andWhere('binding.pk = :pk', { pk });
    const row = await select(binding, bindingColumns).getRawOne<BindingRow>();
    const [answer] = row === undefined ? [] : await this.answers([row]);
    if (answer === undefined) throw new AppError('notFound');
    return answer;
  }

  async create(request: FlowStageBindingRequestDto): Promise<FlowStageBindingDto> {
    const pk = randomUUID();
    const columns = columnsOfBinding(request);
    await this.dataSource.manager.insert(FlowStageBinding, { ...columns, pk, policybindingmodelPtrId: randomUUID() });
    return this.get(pk, everyRow);
  }

  /** Changes what the request names; the rest stays as it is, also for a PUT. */
  async update(
    { pk }: FlowStageBinding,
    request: FlowStageBindingRequestDto | PatchedFlowStageBindingRequestDto,
  ): Promise<FlowStageBindingDto> {
    const columns = columnsOfBinding(request);
    if (Object.keys(columns).length > 0) await this.dataSource.manager.update(FlowStageBinding, { pk }, columns);
    return this.get(pk, everyRow);
  }

  /** Removes the binding; the flow and the stage stay. */
  async remove({ pk }: FlowStageBinding): Promise<void> {
    await this.dataSource.manager.delete(FlowStageBinding, { pk });
  }

  private bindings(visible: VisibleRows): SelectQueryBuilder<FlowStageBinding> {
    return restrict(this.dataSource.manager.createQueryBuilder(FlowStageBinding, 'binding'), visible);
  }

  /** The bindings as clients see them. One whose stage was deleted in this moment is left out. */
  private async answers(rows: readonly BindingRow[]): Promise<FlowStageBindingDto[]> {
    const stages = await this.stages.getMany([...new Set(rows.map(({ stage }) => stage))]);
    return rows.flatMap((row) => {
      const stage = stages.get(row.stage);
      return stage === undefined ? [] : [bindingAnswer(row, stage)];
    });
  }
}

function columnsOfBinding({ target, stage, ...others }: PatchedFlowStageBindingRequestDto): Partial<FlowStageBinding> {
  return columnsOf<FlowStageBinding>({ ...others, targetId: target, stageId: stage });
}
