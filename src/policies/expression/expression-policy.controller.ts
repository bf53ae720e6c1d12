import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { Resource } from '../../rest/resource.js';
import { ExpressionPolicyListQuery } from './dto/expression-policy-list.query.js';
import {
  ExpressionPolicyDto,
  ExpressionPolicyRequestDto,
  PatchedExpressionPolicyRequestDto,
} from './dto/expression-policy.dto.js';
import { ExpressionPolicy } from './expression-policy.entity.js';
import { expressionPolicyKind } from './expression-policy.kind.js';
import { ExpressionPolicyService } from './expression-policy.service.js';

const policies = new Resource({
  operations: 'policies_expression',
  model: expressionPolicyKind.model,
  noun: 'expression policy',
  response: ExpressionPolicyDto,
  lookup: {
    entity: () => ExpressionPolicy,
    parameter: 'policy_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the expression policy.',
  },
});

/** `/policies/expression/` */
@ApiTags('policies')
@Controller('policies/expression')
export class ExpressionPolicyController extends ResourceController(policies, {
  query: ExpressionPolicyListQuery,
  request: ExpressionPolicyRequestDto,
  patch: PatchedExpressionPolicyRequestDto,
}) {
  constructor(@Inject(ExpressionPolicyService) service: ExpressionPolicyService) {
    super(service);
  }
}
