import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';

import { type Related, select } from '../rest/list/read-page.js';
import type { FlowSetDto } from './dto/flow.dto.js';
import { Flow } from './flow.entity.js';
import { flowColumns, type FlowRow, flowSetAnswer } from './flow.mapper.js';

/** A flow, with the stages that stand in it: each as often as it is bound. */
export type FlowOfStages = FlowRow & { readonly stages: readonly string[] };

/** By stage, one entry for each binding; a stage that stands in no flow is missing. */
export type FlowSets = ReadonlyMap<string, FlowSetDto[]>;

/** Groups flow summaries by stage. Stages share the summary of a flow. */
export function flowSetsOf(flows: readonly FlowOfStages[]): FlowSets {
  const sets = new Map<string, FlowSetDto[]>();
  for (const flow of flows) {
    const answer = flowSetAnswer(flow);
    for (const stage of flow.stages) {
      const known = sets.get(stage);
      if (known === undefined) sets.set(stage, [answer]);
      else known.push(answer);
    }
  }
  return sets;
}

/** Finds the flows that stages stand in. */
@Injectable()
export class FlowSetReader {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * The flows of stages, each flow once: on a page of stages most flows stand many times.
   *
   * @param stages a statement that gives the keys of the stages, such as `select pk from page`
   */
  flowsOf(stages: string): Related {
    return { key: `flows of ${stages}`, build: () => flowsOf(this.dataSource.manager, stages) };
  }

  /** The flows of all these stages in one statement. */
  async ofStages(stages: readonly string[], manager = this.dataSource.manager): Promise<FlowSets> {
    if (stages.length === 0) return new Map();
    const flows = flowsOf(manager, 'select unnest(:stages::uuid[])').setParameters({ stages });
    return flowSetsOf(await flows.getRawMany<FlowOfStages>());
  }
}

function flowsOf(manager: EntityManager, stages: string): SelectQueryBuilder<ObjectLiteral> {
  const flows = manager
    .createQueryBuilder<ObjectLiteral>(Flow, 'flow')
    .innerJoin('flow.bindings', 'binding')
    // As an array PostgreSQL looks each key up; of a join it does not know how few they are, and reads every binding.
    .where(`binding.stageId = any(array(${stages}))`)
    .groupBy('flow.pk')
    .orderBy('flow.slug');
  return select(flows, { ...flowColumns, stages: 'json_agg(binding.stageId)' });
}
