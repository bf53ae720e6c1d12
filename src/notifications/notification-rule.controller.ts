import { Controller, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { ResourceController } from '../core/access/resource-controller.js';
import { Resource } from '../rest/resource.js';
import { NotificationRuleListQuery } from './dto/notification-rule-list.query.js';
import {
  NotificationRuleDto,
  NotificationRuleRequestDto,
  PatchedNotificationRuleRequestDto,
} from './dto/notification-rule.dto.js';
import { NotificationRule } from './notification-rule.entity.js';
import { NotificationRuleService } from './notification-rule.service.js';

const rules = new Resource({
  operations: 'events_rules',
  model: 'authentik_events.notificationrule',
  noun: 'notification rule',
  response: NotificationRuleDto,
  lookup: {
    entity: () => NotificationRule,
    parameter: 'pbm_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the rule.',
  },
});

/** `/events/rules/` */
@ApiTags('events')
@Controller('events/rules')
export class NotificationRuleController extends ResourceController(rules, {
  query: NotificationRuleListQuery,
  request: NotificationRuleRequestDto,
  patch: PatchedNotificationRuleRequestDto,
}) {
  constructor(@Inject(NotificationRuleService) service: NotificationRuleService) {
    super(service);
  }
}
