import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

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
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('expired events', () => this.purge());
  }

  async list(query: EventListQuery, visible: VisibleRows): Promise<Page<EventDto>> {
    const { pagination, results } = await readPage<EventRow>(this.events(visible), query);
    return { pagination, results: results.map(eventResponse) };
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<EventDto> {
    const event = this.events(visible).andWhere('event.pk = :pk', { pk });
    const row = await select(event, eventColumns).getRawOne<EventRow>();
    if (row === undefined) throw new AppError('notFound');
    return eventResponse(row);
  }

  /** Deletes a batch of expired events. @returns the number deleted */
  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "event" where event_uuid in (select event_uuid from "event" where expires < now() limit 500)`,
    );
    return deleted[1];
  }

  private events(visible: VisibleRows): SelectQueryBuilder<Event> {
    return restrict(this.dataSource.manager.createQueryBuilder(Event, 'event'), visible);
  }
}
