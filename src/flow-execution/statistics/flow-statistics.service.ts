import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { DatabaseClock } from '../../database/database-clock.js';
import { FlowStageBinding } from '../../flows/flow-stage-binding.entity.js';
import type { Flow } from '../../flows/flow.entity.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import type { FlowStatisticsDto, FlowStatisticsQuery } from './dto/flow-statistics.dto.js';
import { FlowCounters, retentionDays } from './flow-counters.service.js';
import { FlowStatistic } from './flow-statistic.entity.js';

const hour = 3_600_000;
const day = 24 * hour;

/** Milliseconds of a period without `since`. */
const defaultPeriod = 7 * day;

/** Sums of a step, for a query with the alias `statistic`. */
const reached = 'coalesce(sum(statistic.reached), 0)::int';
const passed = 'coalesce(sum(statistic.passed), 0)::int';

/** Reads how far the runs of flows came. */
@Injectable()
export class FlowStatistics {
  constructor(
    private readonly dataSource: DataSource,
    private readonly counters: FlowCounters,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Returns the figures of the runs that started in a period, including what this process has counted just now. Those of
   * other processes follow within seconds.
   *
   * @param visible the bindings that the caller may see
   * @throws ValidationError if the period is too long
   */
  async of({ pk }: Flow, query: FlowStatisticsQuery, visible: VisibleRows): Promise<FlowStatisticsDto> {
    const until = query.until ?? this.clock.date();
    const asked = query.since ?? new Date(until.getTime() - defaultPeriod);
    if (until.getTime() - asked.getTime() > retentionDays * day) {
      throw new ValidationError({ since: [`Ensure that the period has at most ${retentionDays} days.`] });
    }
    const since = new Date(Math.floor(asked.getTime() / hour) * hour);
    await this.counters.flush();
    const { manager } = this.dataSource;
    const isInPeriod = 'statistic.flowId = :pk and statistic.hour >= :since and statistic.hour <= :until';
    const period = { pk, since, until };
    const run = await manager
      .createQueryBuilder(FlowStatistic, 'statistic')
      .select(reached, 'started')
      .addSelect(passed, 'finished')
      .where(`${isInPeriod} and statistic.step = :pk`, period)
      .getRawOne<Pick<FlowStatisticsDto, 'started' | 'finished'>>();
    if (run === undefined) throw new Error('a sum without groups has one row');
    const bindings = manager
      .createQueryBuilder(FlowStageBinding, 'binding')
      .leftJoin(FlowStatistic, 'statistic', `${isInPeriod} and statistic.step = binding.pk`, period)
      .select('binding.pk', 'binding')
      .addSelect('binding.stageId', 'stage')
      .addSelect(reached, 'reached')
      .addSelect(passed, 'passed')
      .addSelect(`greatest(0, ${reached} - ${passed})`, 'left')
      .where('binding.targetId = :pk')
      .groupBy('binding.pk')
      .orderBy('binding.order')
      .addOrderBy('binding.pk');
    const steps = await restrict(bindings, visible).getRawMany<FlowStatisticsDto['steps'][number]>();
    return { since, until, ...run, steps };
  }
}
