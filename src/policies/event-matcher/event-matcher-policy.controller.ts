import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../../core/access/resource-controller.js';
import { Resource } from '../../rest/resource.js';
import { EventMatcherPolicyListQuery } from './dto/event-matcher-policy-list.query.js';
import {
  EventMatcherPolicyDto,
  EventMatcherPolicyRequestDto,
  PatchedEventMatcherPolicyRequestDto,
} from './dto/event-matcher-policy.dto.js';
import { EventMatcherPolicy } from './event-matcher-policy.entity.js';
import { eventMatcherPolicyKind } from './event-matcher-policy.kind.js';
import { EventMatcherPolicyService } from './event-matcher-policy.service.js';

const policies = new Resource({
  operations: 'policies_event_matcher',
  model: eventMatcherPolicyKind.model,
  noun: 'event matcher policy',
  response: EventMatcherPolicyDto,
  lookup: {
    entity: () => EventMatcherPolicy,
    parameter: 'policy_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the event matcher policy.',
  },
});

/** `/policies/event_matcher/` */
@ApiTags('policies')
@Controller('policies/event_matcher')
export class EventMatcherPolicyController extends ResourceController(policies, {
  query: EventMatcherPolicyListQuery,
  request: EventMatcherPolicyRequestDto,
  patch: PatchedEventMatcherPolicyRequestDto,
}) {
  constructor(@Inject(EventMatcherPolicyService) service: EventMatcherPolicyService) {
    super(service);
  }
}
