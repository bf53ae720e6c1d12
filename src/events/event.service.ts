import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { Housekeeping } from '../database/housekeeping.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import type { EventListQuery } from './dto/event-list.query.js';
import type { EventDto } from './dto/event.dto.js';
import { Event } from './event.entity.js';
import { eventResponse, eventColumns, type EventRow } from './event.mapper.js';

/** Reads events and deletes expired ones. */
@Injectable()
export class EventService {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(SETTINGS) private readonly settings: Settings,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired events', () => this.purge());
  }

  async list(query: EventListQuery, visible: VisibleRows): Promise<Page<EventDto>> {
    const { pagination, results } = await readPage<EventRow>(this.events(visible), query);
    return { pagination, results: results.map(eventResponse(this.settings.eventRetention)) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<EventDto> {
    const event = this.events(visible).andWhere('event.pk = :pk', { pk });
    const row = await select(event, eventColumns).getRawOne<EventRow>();
    if (row === undefined) throw new AppError('notFound');
    return eventResponse(this.settings.eventRetention)(row);
  }

  /** Deletes a batch of expired events. @returns the number deleted */
  private async purge(): Promise<number> {
    const { eventRetention } = this.settings;
    if (eventRetention === 0) return 0;
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "event" where event_uuid in (
         select event_uuid from "event" where created < now() - $1 * interval '1 day' limit 500)`,
      [eventRetention],
    );
    return deleted[1];
  }

  private events(visible: VisibleRows): SelectQueryBuilder<Event> {
    return restrict(this.dataSource.manager.createQueryBuilder(Event, 'event'), visible);
  }
}
