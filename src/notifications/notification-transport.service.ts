import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import type { VisibleRows } from '../rest/access/route-access.js';
import type { Reference } from '../rest/used-by.js';
import { isByWebhook, NotificationTransport } from '../webhooks/notification-transport.entity.js';
import { WebhookStore } from '../webhooks/webhook-store.js';
import type { NotificationTransportDto, NotificationTransportRequestDto } from './dto/notification-transport.dto.js';
import { NotificationRuleTransport } from './notification-rule-transport.entity.js';
import {
  notificationTransportColumns,
  notificationTransportResponse,
  type NotificationTransportRow,
} from './notification-transport.mapper.js';

/** Stores the transports of notifications. */
@Injectable()
export class NotificationTransportService extends ResourceStore<
  NotificationTransport,
  NotificationTransportRow,
  NotificationTransportDto,
  NotificationTransportRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly webhooks: WebhookStore,
  ) {
    super(dataSource, { entity: NotificationTransport, alias: 'transport', columns: notificationTransportColumns });
  }

  /** Deletes a transport; its deliveries first and in batches, since they can be too many for one statement. */
  override async remove({ pk }: { readonly pk: string }, manager?: EntityManager): Promise<void> {
    let deleted = 1;
    while (deleted > 0) deleted = await this.webhooks.forget({ kind: 'transport', pk }, manager);
    await super.remove({ pk }, manager);
  }

  /** Returns the rules with the transport. @throws AppError `notFound` */
  override async references(pk: string, visible: VisibleRows, by: Caller): Promise<Reference[]> {
    await super.references(pk, visible, by);
    const rows = this.dataSource.manager
      .createQueryBuilder(NotificationRuleTransport, 'link')
      .innerJoin('link.rule', 'rule')
      .where('link.transportId = :pk', { pk })
      .select('rule.pk', 'pk')
      .addSelect(`concat('Notification Rule ', rule.name)`, 'name')
      .orderBy('rule.name');
    return [{ app: 'authentik_events', model: 'notificationrule', action: 'cascade_many', rows }];
  }

  /** Notifications that wait for a webhook are discarded when the transport becomes one of another kind. */
  protected override async afterWrite(
    manager: EntityManager,
    pk: string,
    { mode }: Partial<NotificationTransportRequestDto>,
  ): Promise<void> {
    if (mode !== undefined && !isByWebhook(mode)) await this.webhooks.discardNotifications(manager, pk);
  }

  protected responses({ rows }: ReadRows<NotificationTransportRow, never>): NotificationTransportDto[] {
    return rows.map(notificationTransportResponse);
  }
}
