import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { Caller, KnownUsers } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import type { FlowStageBindingDto, FlowStageBindingRequestDto } from './dto/flow-stage-binding.dto.js';
import { FlowSetReader, type FlowWithStages, groupFlowsByStage } from './flow-set.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { bindingResponse, type BindingRow, bindingRowColumns } from './flow-stage-binding.mapper.js';
import { StageKinds } from './stage-kinds.js';

/** Reads and writes flow-stage bindings. */
@Injectable()
export class FlowStageBindingService extends ResourceStore<
  FlowStageBinding,
  BindingRow,
  FlowStageBindingDto,
  FlowStageBindingRequestDto,
  FlowWithStages
> {
  constructor(
    dataSource: DataSource,
    flowSets: FlowSetReader,
    private readonly kinds: StageKinds,
  ) {
    const related = flowSets.flowsOf('select stage from page');
    super(dataSource, { entity: FlowStageBinding, alias: 'binding', columns: bindingRowColumns, related });
  }

  protected override newRow(pk: string, by: Caller | undefined): FlowStageBinding {
    return Object.assign(super.newRow(pk, by), { policybindingmodelPtrId: randomUUID() });
  }

  protected override rows(manager: EntityManager, known: KnownUsers): SelectQueryBuilder<FlowStageBinding> {
    return super.rows(manager, known).innerJoin('binding.stage', 'stage');
  }

  protected responses({ rows, related }: ReadRows<BindingRow, FlowWithStages>): FlowStageBindingDto[] {
    const flows = groupFlowsByStage(related);
    return rows.map((row) => bindingResponse(row, this.kinds.get(row.stage_kind), flows.get(row.stage) ?? []));
  }
}
