import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { Resource } from '../../rest/resource.js';
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
  response: PasswordPolicyDto,
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
export class PasswordPolicyController extends ResourceController(policies, {
  query: PasswordPolicyListQuery,
  request: PasswordPolicyRequestDto,
  patch: PatchedPasswordPolicyRequestDto,
}) {
  constructor(@Inject(PasswordPolicyService) service: PasswordPolicyService) {
    super(service);
  }
}
