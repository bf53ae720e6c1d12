import type { Columns } from '../rest/list/list-query.js';
import type { NotificationRuleDto } from './dto/notification-rule.dto.js';

/** Columns of a rule, for a query with the alias `rule`. */
export const notificationRuleColumns = {
  pk: 'rule.pk',
  name: 'rule.name',
  transports: `(select coalesce(array_agg(link.transport_uuid order by transport.name), '{}')
                  from "notification_rule_transport" link join "notification_transport" transport using (transport_uuid)
                 where link.rule_uuid = rule.pk)`,
  severity: 'rule.severity',
  group: 'rule.groupId',
} satisfies Columns;

/** A row of `notificationRuleColumns`. */
export type NotificationRuleRow = Pick<NotificationRuleDto, keyof typeof notificationRuleColumns>;
