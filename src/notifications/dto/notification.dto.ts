import { EventDto } from '../../events/dto/event.dto.js';
import { PatchOf, RequestOf, ResponseOf } from '../../rest/fields/derived.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  ObjectField,
  TextField,
  UuidField,
} from '../../rest/fields/fields.js';
import {
  BooleanFilter,
  ChoiceFilter,
  DateTimeFilter,
  IntegerFilter,
  TextFilter,
  UuidFilter,
} from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { severities, type Severity } from '../../webhooks/notification-body.js';
import { notificationColumns } from '../notification.mapper.js';

class NotificationFields {
  @UuidField({ readOnly: true, description: 'UUID of the notification.' })
  pk!: string;

  @ChoiceField('SeverityEnum', severities, { readOnly: true, description: 'Severity of the rule.' })
  severity!: Severity;

  @TextField({ readOnly: true, description: 'Summary of the event.', example: 'Email to ada@example.org not sent' })
  body!: string;

  @DateTimeField({ readOnly: true, description: 'When the user was notified.' })
  created!: Date;

  @ObjectField(EventDto, { sometimes: true, description: 'The event; absent for a test, and once it has expired.' })
  event?: EventDto;

  @BooleanField({ description: 'Whether the user has seen it.' })
  seen!: boolean;
}

/** What a user was notified of. */
export class NotificationDto extends ResponseOf(NotificationFields) {}

/** Body of a request that replaces a notification. */
export class NotificationRequestDto extends RequestOf(NotificationFields) {}

/** Changes to a notification. */
export class PatchedNotificationRequestDto extends PatchOf(NotificationRequestDto) {}

@ListOf({
  columns: notificationColumns,
  search: ['notification.body'],
  order: ['-created'],
  ordering: Object.keys(notificationColumns),
})
export class NotificationListQuery extends ListQuery {
  @TextFilter({ on: 'notification.body' })
  body?: string;

  @DateTimeFilter({ on: 'notification.created' })
  created?: Date;

  @UuidFilter({ on: 'notification.eventId', description: 'UUID of the event.' })
  event?: string;

  @BooleanFilter({ on: 'notification.seen' })
  seen?: boolean;

  @ChoiceFilter(severities, { on: 'notification.severity' })
  severity?: string;

  @IntegerFilter({ on: 'notification.userId', description: 'Key of the user.' })
  user?: number;
}
