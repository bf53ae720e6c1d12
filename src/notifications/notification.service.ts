import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import type { Caller } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import { Housekeeping } from '../database/housekeeping.js';
import { Event } from '../events/event.entity.js';
import { eventColumns, eventResponse, type EventRow } from '../events/event.mapper.js';
import { select } from '../rest/list/read-page.js';
import type { NotificationDto, NotificationRequestDto } from './dto/notification.dto.js';
import { Notification } from './notification.entity.js';
import { notificationColumns } from './notification.mapper.js';

interface NotificationRow extends Omit<NotificationDto, 'event'> {
  /** Key of the event. */
  readonly event: string | null;
}

/** Notifications of a user that are kept, also without EVENT_RETENTION. */
const maxPerUser = 1000;

/** Reads the notifications of users, and deletes those that are as old as expired events. */
@Injectable()
export class NotificationService extends ResourceStore<
  Notification,
  NotificationRow,
  NotificationDto,
  NotificationRequestDto
> {
  constructor(
    dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
    housekeeping: Housekeeping,
  ) {
    super(dataSource, {
      entity: Notification,
      alias: 'notification',
      columns: notificationColumns,
      creator: 'userId',
    });
    housekeeping.register('old notifications', () => this.purge());
    housekeeping.register('notifications beyond the newest ones of a user', () => this.purgeSurplus());
  }

  /** Marks every notification of the caller as seen. */
  async markAllSeen({ pk: userId }: Caller): Promise<void> {
    await this.dataSource.manager.update(Notification, { userId, seen: false }, { seen: true });
  }

  /** Reads the events of a page with one statement. */
  protected async responses({ manager, rows }: ReadRows<NotificationRow, never>): Promise<NotificationDto[]> {
    const keys = rows.flatMap(({ event }) => event ?? []);
    const found = manager.createQueryBuilder(Event, 'event').where('event.pk = any(:keys)', { keys });
    const events = keys.length === 0 ? [] : await select(found, eventColumns).getRawMany<EventRow>();
    const byKey = new Map(events.map((event) => [event.pk, eventResponse(this.settings.eventRetention)(event)]));
    return rows.map(({ event: key, ...row }) => {
      const event = byKey.get(key ?? '');
      return { ...row, ...(event !== undefined && { event }) };
    });
  }

  /** Deletes a batch of what users have beyond their newest notifications. @returns the number deleted */
  private async purgeSurplus(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "notification" where notification_uuid in (
         select surplus.notification_uuid
           from (select user_id from "notification" group by user_id having count(*) > $1) as crowded,
                lateral (select notification_uuid from "notification" n where n.user_id = crowded.user_id
                          order by created desc, notification_uuid offset $1 limit 500) as surplus
          limit 500)`,
      [maxPerUser],
    );
    return deleted[1];
  }

  /** Deletes a batch of old notifications. @returns the number deleted */
  private async purge(): Promise<number> {
    const { eventRetention } = this.settings;
    if (eventRetention === 0) return 0;
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "notification" where notification_uuid in (
         select notification_uuid from "notification" where created < now() - $1 * interval '1 day' limit 500)`,
      [eventRetention],
    );
    return deleted[1];
  }
}
