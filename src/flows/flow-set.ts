import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

import { type Related, select } from '../rest/list/read-page.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import { Flow } from './flow.entity.js';
import { flowColumns, type FlowRow, flowSetResponse } from './flow.mapper.js';

/** A flow with the keys of its stages, one entry per binding. */
export type FlowWithStages = FlowRow & { readonly stages: readonly string[] };

/** Flow summaries by stage, one entry per binding; stages without a flow are absent. */
export type FlowSets = ReadonlyMap<string, FlowSetDto[]>;

/** Groups flow summaries by stage. Stages share the summary of a flow. */
export function groupFlowsByStage(flows: readonly FlowWithStages[]): FlowSets {
  const sets = new Map<string, FlowSetDto[]>();
  for (const flow of flows) {
    const response = flowSetResponse(flow);
    for (const stage of flow.stages) {
      const known = sets.get(stage);
      if (known === undefined) sets.set(stage, [response]);
      else known.push(response);
    }
  }
  return sets;
}

/** Reads the flows of stages. */
@Injectable()
export class FlowSetReader {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Returns a related query for the flows of stages. It reads each flow once, since stages of a page share most flows.
   *
   * @param stages a query for the keys of the stages, such as `select pk from page`
   */
  flowsOf(stages: string): Related {
    return { key: `flows of ${stages}`, build: () => flowsOf(this.dataSource.manager, stages) };
  }

  /** Returns the flows of these stages with one statement. */
  async ofStages(stages: readonly string[], manager = this.dataSource.manager): Promise<FlowSets> {
    if (stages.length === 0) return new Map();
    const flows = flowsOf(manager, 'select unnest(:stages::uuid[])').setParameters({ stages });
    return groupFlowsByStage(await flows.getRawMany<FlowWithStages>());
  }
}

function flowsOf(manager: EntityManager, stages: string): SelectQueryBuilder<ObjectLiteral> {
  const flows = manager
    .createQueryBuilder<ObjectLiteral>(Flow, 'flow')
    .innerJoin('flow.bindings', 'binding')
    // With an array PostgreSQL looks up each key; for a join it overestimates the rows and scans all bindings.
    .where(`binding.stageId = any(array(${stages}))`)
    .groupBy('flow.pk')
    .orderBy('flow.slug');
  return select(flows, { ...flowColumns, stages: 'json_agg(binding.stageId)' });
}
