import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { Resource } from '../../rest/resource.js';
import { SuppressionListQuery } from './dto/suppression-list.query.js';
import { PatchedSuppressionRequestDto, SuppressionDto, SuppressionRequestDto } from './dto/suppression.dto.js';
import { Suppression, suppressionModel } from './suppression.entity.js';
import { SuppressionService } from './suppression.service.js';

const suppressions = new Resource({
  operations: 'mail_suppressions',
  model: suppressionModel,
  noun: 'suppression',
  response: SuppressionDto,
  lookup: {
    entity: () => Suppression,
    parameter: 'suppression_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the suppression.',
  },
});

/** `/mail/suppressions/` */
@ApiTags('mail')
@Controller('mail/suppressions')
export class SuppressionController extends ResourceController(suppressions, {
  query: SuppressionListQuery,
  request: SuppressionRequestDto,
  patch: PatchedSuppressionRequestDto,
}) {
  constructor(@Inject(SuppressionService) service: SuppressionService) {
    super(service);
  }
}
