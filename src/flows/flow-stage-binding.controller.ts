import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../core/access/resource-controller.js';
import { Resource } from '../rest/resource.js';
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
  response: FlowStageBindingDto,
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
export class FlowStageBindingController extends ResourceController(bindings, {
  query: FlowStageBindingListQuery,
  request: FlowStageBindingRequestDto,
  patch: PatchedFlowStageBindingRequestDto,
}) {
  constructor(@Inject(FlowStageBindingService) service: FlowStageBindingService) {
    super(service);
  }
}
