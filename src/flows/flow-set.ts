import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { select } from '../rest/list/read-page.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { flowColumns, type FlowRow, flowSetAnswer } from './flow.mapper.js';

/** Finds the flows that stages stand in. */
@Injectable()
export class FlowSetReader {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The flows of all these stages in one statement.
   *
   * @returns by stage, one entry for each binding; a stage that stands in no flow is missing
   */
  async ofStages(
    stages: readonly string[],
    manager = this.dataSource.manager,
  ): Promise<ReadonlyMap<string, FlowSetDto[]>> {
    if (stages.length === 0) return new Map();
    const bindings = manager
      .createQueryBuilder(FlowStageBinding, 'binding')
      .innerJoin('binding.target', 'flow')
      .where('binding.stageId = any(:stages)', { stages })
      .orderBy('flow.slug')
      .addOrderBy('binding.order');
    const rows = await select(bindings, { ...flowColumns, stage: 'binding.stageId' }).getRawMany<
      FlowRow & { stage: string }
    >();
    const byStage = new Map<string, FlowSetDto[]>();
    for (const row of rows) {
      const flows = byStage.get(row.stage) ?? [];
      flows.push(flowSetAnswer(row));
      byStage.set(row.stage, flows);
    }
    return byStage;
  }
}
