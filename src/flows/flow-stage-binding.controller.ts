import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import type { UsedByDto } from '../rest/used-by.js';
import { FlowStageBindingListQuery } from './dto/flow-stage-binding-list.query.js';
import {
  FlowStageBindingDto,
  FlowStageBindingRequestDto,
  PatchedFlowStageBindingRequestDto,
} from './dto/flow-stage-binding.dto.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';
import { FlowStageBindingService } from './flow-stage-binding.service.js';

const bindings = new Resource({
  operations: 'flows_bindings',
  model: 'authentik_flows.flowstagebinding',
  noun: 'binding of a stage to a flow',
  answer: FlowStageBindingDto,
  cached: true,
  lookup: {
    entity: () => FlowStageBinding,
    parameter: 'fsb_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the binding.',
  },
});

/** `/flows/bindings/` */
@ApiTags('flows')
@Controller('flows/bindings')
export class FlowStageBindingController {
  constructor(private readonly service: FlowStageBindingService) {}

  @bindings.list()
  list(@Query() query: FlowStageBindingListQuery, @Visible() visible: VisibleRows): Promise<Page<FlowStageBindingDto>> {
    return this.service.list(query, visible);
  }

  @bindings.create()
  create(@Body() request: FlowStageBindingRequestDto): Promise<FlowStageBindingDto> {
    return this.service.create(request);
  }

  @bindings.retrieve()
  get(@bindings.key() pk: string, @Visible() visible: VisibleRows): Promise<FlowStageBindingDto> {
    return this.service.get(pk, visible);
  }

  @bindings.replace()
  replace(
    @Current() binding: FlowStageBinding,
    @Body() request: FlowStageBindingRequestDto,
  ): Promise<FlowStageBindingDto> {
    return this.service.update(binding, request);
  }

  @bindings.update()
  update(
    @Current() binding: FlowStageBinding,
    @Body() request: PatchedFlowStageBindingRequestDto,
  ): Promise<FlowStageBindingDto> {
    return this.service.update(binding, request);
  }

  @bindings.remove()
  remove(@Current() binding: FlowStageBinding): Promise<void> {
    return this.service.remove(binding);
  }

  /** Nothing refers to a flow-stage binding. */
  @bindings.usedBy()
  async usedBy(@bindings.key() pk: string, @Visible() visible: VisibleRows): Promise<UsedByDto[]> {
    await this.service.get(pk, visible);
    return [];
  }
}
