import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { select } from '../rest/list/read-page.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import { Flow } from './flow.entity.js';
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
    const flows = manager
      .createQueryBuilder(Flow, 'flow')
      .innerJoin('flow.bindings', 'binding')
      .where('binding.stageId = any(:stages)', { stages })
      .groupBy('flow.pk')
      .orderBy('flow.slug');
    const rows = await select(flows, { ...flowColumns, stages: 'json_agg(binding.stageId)' }).getRawMany<
      FlowRow & { stages: string[] }
    >();
    const byStage = new Map<string, FlowSetDto[]>();
    for (const row of rows) {
      // Stages share what is told of a flow: on a page most flows stand many times.
      const flow = flowSetAnswer(row);
      for (const stage of row.stages) {
        const known = byStage.get(stage);
        if (known === undefined) byStage.set(stage, [flow]);
        else known.push(flow);
      }
    }
    return byStage;
  }
}
