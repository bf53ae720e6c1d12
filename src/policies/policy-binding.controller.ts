import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../core/access/access.guard.js';
import { Caller } from '../core/access/caller.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import type { UsedByDto } from '../rest/used-by.js';
import { PolicyBindingListQuery } from './dto/policy-binding-list.query.js';
import { PatchedPolicyBindingRequestDto, PolicyBindingDto, PolicyBindingRequestDto } from './dto/policy-binding.dto.js';
import { PolicyBinding } from './policy-binding.entity.js';
import { PolicyBindingService } from './policy-binding.service.js';

const bindings = new Resource({
  operations: 'policies_bindings',
  model: 'authentik_policies.policybinding',
  noun: 'policy binding',
  answer: PolicyBindingDto,
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
export class PolicyBindingController {
  constructor(private readonly service: PolicyBindingService) {}

  @bindings.list()
  list(
    @Query() query: PolicyBindingListQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<PolicyBindingDto>> {
    return this.service.list(query, visible, caller.knownUsers);
  }

  @bindings.create()
  create(@Body() request: PolicyBindingRequestDto, @CurrentCaller() caller: Caller): Promise<PolicyBindingDto> {
    return this.service.create(request, caller.knownUsers);
  }

  @bindings.retrieve()
  get(
    @bindings.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<PolicyBindingDto> {
    return this.service.get(pk, visible, caller.knownUsers);
  }

  @bindings.replace()
  replace(
    @Current() binding: PolicyBinding,
    @Body() request: PolicyBindingRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PolicyBindingDto> {
    return this.service.update(binding, request, caller.knownUsers);
  }

  @bindings.update()
  update(
    @Current() binding: PolicyBinding,
    @Body() request: PatchedPolicyBindingRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PolicyBindingDto> {
    return this.service.update(binding, request, caller.knownUsers);
  }

  @bindings.remove()
  remove(@Current() binding: PolicyBinding): Promise<void> {
    return this.service.remove(binding);
  }

  /** Nothing refers to a policy binding. */
  @bindings.usedBy()
  async usedBy(@bindings.key() pk: string, @Visible() visible: VisibleRows): Promise<UsedByDto[]> {
    await this.service.get(pk, visible, []);
    return [];
  }
}
