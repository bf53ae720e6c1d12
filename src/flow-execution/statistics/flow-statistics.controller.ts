import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../../core/access/caller.js';
import { CurrentCaller } from '../../core/access/current-caller.js';
import { Flow } from '../../flows/flow.entity.js';
import { flows } from '../../flows/flow.resource.js';
import { Current } from '../../rest/access/visible.js';
import { FlowStatisticsDto, FlowStatisticsQuery } from './dto/flow-statistics.dto.js';
import { FlowStatistics } from './flow-statistics.service.js';

/** `/flows/instances/{slug}/statistics/` */
@ApiTags('flows')
@Controller('flows/instances')
export class FlowStatisticsController {
  constructor(private readonly statistics: FlowStatistics) {}

  @flows.detailAction({
    method: 'GET',
    path: 'statistics',
    operation: 'statistics_retrieve',
    description:
      'Count how many runs of one flow reached and passed each step, of the runs that started in a period of at most 100 days. ' +
      'A run that starts over counts as another one. The counts hold no data of visitors.',
    permissions: [],
    responses: [{ status: 200, type: FlowStatisticsDto }],
  })
  get(
    @Current() flow: Flow,
    @Query() query: FlowStatisticsQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<FlowStatisticsDto> {
    return this.statistics.of(flow, query, caller.viewable('authentik_flows.flowstagebinding'));
  }
}
