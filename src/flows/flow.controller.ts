import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { readUsedBy, type UsedByDto } from '../rest/used-by.js';
import { FlowListQuery } from './dto/flow-list.query.js';
import { CacheDto, FlowDto, FlowRequestDto, PatchedFlowRequestDto } from './dto/flow.dto.js';
import { Flow } from './flow.entity.js';
import { flows } from './flow.resource.js';
import { FlowService } from './flow.service.js';

/** `/flows/instances/` */
@ApiTags('flows')
@Controller('flows/instances')
export class FlowController {
  constructor(private readonly service: FlowService) {}

  @flows.list()
  list(@Query() query: FlowListQuery, @Visible() visible: VisibleRows): Promise<Page<FlowDto>> {
    return this.service.list(query, visible);
  }

  @flows.create()
  create(@Body() request: FlowRequestDto): Promise<FlowDto> {
    return this.service.create(request);
  }

  @flows.collectionAction({
    method: 'GET',
    path: 'cache_info',
    operation: 'cache_info_retrieve',
    description: 'Get the number of cached flow plans. Always 0: this service does not cache plans.',
    access: { level: 'authenticated', everywhere: ['authentik_flows.view_flow_cache'] },
    responses: [{ status: 200, type: CacheDto }],
  })
  cacheInfo(): CacheDto {
    return { count: 0 };
  }

  @flows.collectionAction({
    method: 'POST',
    path: 'cache_clear',
    operation: 'cache_clear_create',
    description: 'Clear the cache of flow plans. Without effect: this service does not cache plans.',
    access: { level: 'authenticated', everywhere: ['authentik_flows.clear_flow_cache', flows.permission('add')] },
    status: 204,
    responses: [
      { status: 204, description: 'Successfully cleared cache' },
      { status: 400, description: 'Bad request' },
    ],
  })
  cacheClear(): void {
    return;
  }

  @flows.retrieve()
  get(@flows.key() slug: string, @Visible() visible: VisibleRows): Promise<FlowDto> {
    return this.service.get(slug, visible);
  }

  @flows.replace()
  replace(@Current() flow: Flow, @Body() request: FlowRequestDto): Promise<FlowDto> {
    return this.service.update(flow, request);
  }

  @flows.update()
  update(@Current() flow: Flow, @Body() request: PatchedFlowRequestDto): Promise<FlowDto> {
    return this.service.update(flow, request);
  }

  @flows.remove()
  remove(@Current() flow: Flow): Promise<void> {
    return this.service.remove(flow);
  }

  @flows.usedBy()
  async usedBy(
    @flows.key() slug: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(slug, visible), caller);
  }
}
