import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { CurrentCaller } from '../../core/access/access.guard.js';
import { Caller } from '../../core/access/caller.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { Current, Visible } from '../../rest/access/visible.js';
import type { Page } from '../../rest/list/page.js';
import { Resource } from '../../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../../rest/used-by.js';
import { PolicyService } from '../policy.service.js';
import { PasswordPolicyListQuery } from './dto/password-policy-list.query.js';
import {
  PasswordPolicyDto,
  PasswordPolicyRequestDto,
  PatchedPasswordPolicyRequestDto,
} from './dto/password-policy.dto.js';
import { PasswordPolicy } from './password-policy.entity.js';
import { passwordPolicyKind } from './password-policy.kind.js';
import { PasswordPolicyService } from './password-policy.service.js';

const policies = new Resource({
  operations: 'policies_password',
  model: passwordPolicyKind.model,
  noun: 'password policy',
  answer: PasswordPolicyDto,
  lookup: {
    entity: () => PasswordPolicy,
    parameter: 'policy_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the password policy.',
  },
});

/** `/policies/password/` */
@ApiTags('policies')
@Controller('policies/password')
export class PasswordPolicyController {
  constructor(
    private readonly service: PasswordPolicyService,
    private readonly policies: PolicyService,
  ) {}

  @policies.list()
  list(@Query() query: PasswordPolicyListQuery, @Visible() visible: VisibleRows): Promise<Page<PasswordPolicyDto>> {
    return this.service.list(query, visible);
  }

  @policies.create()
  create(@Body() request: PasswordPolicyRequestDto): Promise<PasswordPolicyDto> {
    return this.service.create(request);
  }

  @policies.retrieve()
  get(@policies.key() pk: string, @Visible() visible: VisibleRows): Promise<PasswordPolicyDto> {
    return this.service.get(pk, visible);
  }

  @policies.replace()
  replace(@Current() policy: PasswordPolicy, @Body() request: PasswordPolicyRequestDto): Promise<PasswordPolicyDto> {
    return this.service.update(policy, request);
  }

  @policies.update()
  update(
    @Current() policy: PasswordPolicy,
    @Body() request: PatchedPasswordPolicyRequestDto,
  ): Promise<PasswordPolicyDto> {
    return this.service.update(policy, request);
  }

  @policies.remove()
  remove(@Current() policy: PasswordPolicy): Promise<void> {
    return this.service.remove(policy);
  }

  @policies.usedBy()
  async usedBy(
    @policies.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.policies.references(pk, visible), caller);
  }
}
