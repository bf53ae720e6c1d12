import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../core/access/resource-controller.js';
import { Resource } from '../rest/resource.js';
import { PolicyBindingListQuery } from './dto/policy-binding-list.query.js';
import { PatchedPolicyBindingRequestDto, PolicyBindingDto, PolicyBindingRequestDto } from './dto/policy-binding.dto.js';
import { PolicyBinding } from './policy-binding.entity.js';
import { PolicyBindingService } from './policy-binding.service.js';

const bindings = new Resource({
  operations: 'policies_bindings',
  model: 'authentik_policies.policybinding',
  noun: 'policy binding',
  response: PolicyBindingDto,
  lookup: {
    entity: () => PolicyBinding,
    parameter: 'policy_binding_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the policy binding.',
  },
});

/** `/policies/bindings/` */
@ApiTags('policies')
@Controller('policies/bindings')
export class PolicyBindingController extends ResourceController(bindings, {
  query: PolicyBindingListQuery,
  request: PolicyBindingRequestDto,
  patch: PatchedPolicyBindingRequestDto,
}) {
  constructor(@Inject(PolicyBindingService) service: PolicyBindingService) {
    super(service);
  }
}
