import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import { CacheDto } from '../flows/dto/flow.dto.js';
import { TypeCreateDto } from '../flows/dto/stage.dto.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../rest/used-by.js';
import { PolicyTestRequestDto, PolicyTestResultDto } from './dto/policy-test.dto.js';
import { PolicyDto, PolicyListQuery } from './dto/policy.dto.js';
import { Policy } from './policy.entity.js';
import { PolicyService } from './policy.service.js';

const policies = new Resource({
  operations: 'policies_all',
  model: 'authentik_policies.policy',
  noun: 'policy of any kind',
  response: PolicyDto,
  lookup: {
    entity: () => Policy,
    parameter: 'policy_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the policy.',
  },
});

/** `/policies/all/` */
@ApiTags('policies')
@Controller('policies/all')
export class PolicyController {
  constructor(private readonly service: PolicyService) {}

  @policies.list()
  list(@Query() query: PolicyListQuery, @Visible() visible: VisibleRows): Promise<Page<PolicyDto>> {
    return this.service.list(query, visible);
  }

  @policies.collectionAction({
    method: 'GET',
    path: 'types',
    operation: 'types_list',
    description: 'List the kinds of policies.',
    access: { level: 'authenticated' },
    responses: [{ status: 200, type: TypeCreateDto, isArray: true }],
  })
  types(): TypeCreateDto[] {
    return this.service.types();
  }

  @policies.collectionAction({
    method: 'GET',
    path: 'cache_info',
    operation: 'cache_info_retrieve',
    description: 'Get the number of cached policy results. Always 0: this service does not cache results.',
    access: { level: 'authenticated', everywhere: ['authentik_policies.view_policy_cache'] },
    responses: [{ status: 200, type: CacheDto }],
  })
  cacheInfo(): CacheDto {
    return { count: 0 };
  }

  @policies.collectionAction({
    method: 'POST',
    path: 'cache_clear',
    operation: 'cache_clear_create',
    description: 'Clear the cache of policy results. Without effect: this service does not cache results.',
    access: {
      level: 'authenticated',
      everywhere: ['authentik_policies.clear_policy_cache', policies.permission('add')],
    },
    status: 204,
    responses: [
      { status: 204, description: 'Successfully cleared cache' },
      { status: 400, description: 'Bad request' },
    ],
  })
  cacheClear(): void {
    return;
  }

  @policies.retrieve()
  get(@policies.key() pk: string, @Visible() visible: VisibleRows): Promise<PolicyDto> {
    return this.service.get(pk, visible);
  }

  @policies.remove()
  remove(@Current() policy: Policy): Promise<void> {
    return this.service.remove(policy);
  }

  @policies.detailAction({
    method: 'POST',
    path: 'test',
    operation: 'test_create',
    description: 'Test a policy with a user that you may view and the given prompt responses. Nothing is written.',
    permissions: [policies.permission('view'), policies.permission('add')],
    responses: [
      { status: 200, type: PolicyTestResultDto },
      { status: 400, description: 'Invalid parameters' },
    ],
  })
  test(
    @Current() policy: Policy,
    @Body() request: PolicyTestRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<PolicyTestResultDto> {
    return this.service.test(policy, request, caller);
  }

  @policies.usedBy()
  async usedBy(
    @policies.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible), caller);
  }
}
