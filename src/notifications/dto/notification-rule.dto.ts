import { GroupDto } from '../../core/groups/dto/group.dto.js';
import { Group } from '../../core/groups/group.entity.js';
import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { PatchOf, RequestOf, ResponseOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
import { ChoiceField, ObjectField, TextField, UuidField, UuidListField } from '../../rest/fields/fields.js';
import { exists, unique } from '../../rest/fields/rules.js';
import { severities, type Severity } from '../../webhooks/notification-body.js';
import { NotificationTransport } from '../../webhooks/notification-transport.entity.js';
import { NotificationRule } from '../notification-rule.entity.js';

const nameTaken = 'Notification Rule with this name already exists.';
describeConstraint('uq_notification_rule_name', 'name', nameTaken);
describeConstraint('fk_notification_rule_group', 'group', 'The group has just been deleted.');
describeConstraint('fk_notification_rule_transport_transport', 'transports', 'A transport has just been deleted.');
describeConstraint('fk_notification_rule_transport_rule', undefined, 'The rule has just been deleted.');

class NotificationRuleFields {
  @UuidField({ readOnly: true, description: 'UUID of the rule, and the `target` of bindings of policies to it.' })
  pk!: string;

  @TextField({
    required: true,
    description: 'Unique name.',
    example: 'failed-mails',
    rules: [unique(() => NotificationRule, 'name', nameTaken)],
  })
  name!: string;

  @UuidListField({
    description: 'Transports that the users are notified through; none: as with the mode `local`.',
    rules: [exists(() => NotificationTransport)],
  })
  transports!: string[];

  @ChoiceField('SeverityEnum', severities, { description: 'Severity of the notifications.' })
  severity!: Severity;

  @UuidField({
    nullable: true,
    description: 'Its active members are notified; null: nobody is.',
    rules: [exists(() => Group)],
    example: null,
  })
  group!: string | null;

  @ObjectField(GroupDto, { nullable: true, description: 'The group; null if none.' })
  group_obj!: GroupDto | null;
}

/** Notifies the members of a group of events for which a bound policy passes. */
export class NotificationRuleDto extends ResponseOf(NotificationRuleFields) {}

/** A rule to create or to replace with. */
@DefaultsOf(NotificationRule)
export class NotificationRuleRequestDto extends RequestOf(NotificationRuleFields) {}

/** Changes to a rule. */
export class PatchedNotificationRuleRequestDto extends PatchOf(NotificationRuleRequestDto) {}
