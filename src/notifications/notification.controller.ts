import { Body, Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { Caller } from '../core/access/caller.js';
import { CurrentCaller } from '../core/access/current-caller.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { Current, Visible } from '../rest/access/visible.js';
import type { Page } from '../rest/list/page.js';
import { Resource } from '../rest/resource.js';
import { readUsedBy, type UsedByDto } from '../rest/used-by.js';
import {
  NotificationDto,
  NotificationListQuery,
  NotificationRequestDto,
  PatchedNotificationRequestDto,
} from './dto/notification.dto.js';
import { Notification } from './notification.entity.js';
import { NotificationService } from './notification.service.js';

const notifications = new Resource({
  operations: 'events_notifications',
  model: 'authentik_events.notification',
  noun: 'notification',
  response: NotificationDto,
  lookup: {
    entity: () => Notification,
    parameter: 'uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the notification.',
  },
  ownerOrPermitted: 'userId',
});

/** `/events/notifications/`: users read their own; rules write them. */
@ApiTags('events')
@Controller('events/notifications')
export class NotificationController {
  constructor(private readonly service: NotificationService) {}

  @notifications.list()
  list(
    @Query() query: NotificationListQuery,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<NotificationDto>> {
    return this.service.list(query, visible, caller);
  }

  @notifications.collectionAction({
    method: 'POST',
    path: 'mark_all_seen',
    operation: 'mark_all_seen_create',
    description: 'Mark all your notifications as seen.',
    access: { level: 'authenticated' },
    status: 204,
    responses: [{ status: 204, description: 'No response body' }],
  })
  markAllSeen(@CurrentCaller() caller: Caller): Promise<void> {
    return this.service.markAllSeen(caller);
  }

  @notifications.retrieve()
  get(
    @notifications.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<NotificationDto> {
    return this.service.get(pk, visible, caller);
  }

  @notifications.replace()
  replace(
    @Current() notification: Notification,
    @Body() request: NotificationRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<NotificationDto> {
    return this.service.update(notification, request, caller);
  }

  @notifications.update()
  update(
    @Current() notification: Notification,
    @Body() request: PatchedNotificationRequestDto,
    @CurrentCaller() caller: Caller,
  ): Promise<NotificationDto> {
    return this.service.update(notification, request, caller);
  }

  @notifications.remove()
  remove(@Current() notification: Notification): Promise<void> {
    return this.service.remove(notification);
  }

  /** No object refers to a notification. */
  @notifications.usedBy()
  async usedBy(
    @notifications.key() pk: string,
    @Visible() visible: VisibleRows,
    @CurrentCaller() caller: Caller,
  ): Promise<UsedByDto[]> {
    return readUsedBy(await this.service.references(pk, visible, caller), caller);
  }
}
