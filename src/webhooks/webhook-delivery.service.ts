import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import type { VisibleRows } from '../rest/access/route-access.js';
import { restrict } from '../rest/access/visible.js';
import { AppError } from '../rest/errors/app-error.js';
import { nonField, ValidationError } from '../rest/errors/validation-error.js';
import type { Page } from '../rest/list/page.js';
import { readPage, select } from '../rest/list/read-page.js';
import type { WebhookDeliveryListQuery } from './dto/webhook-delivery-list.query.js';
import type { WebhookAttemptDto, WebhookDeliveryDetailDto, WebhookDeliveryDto } from './dto/webhook-delivery.dto.js';
import { WebhookAttempt } from './webhook-attempt.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { webhookAttemptColumns, webhookDeliveryColumns } from './webhook-delivery.mapper.js';
import { WebhookStore } from './webhook-store.js';

/** Reads deliveries with their attempts, and replays them for administrators. */
@Injectable()
export class WebhookDeliveryService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: WebhookStore,
  ) {}

  list(query: WebhookDeliveryListQuery, visible: VisibleRows): Promise<Page<WebhookDeliveryDto>> {
    return readPage(restrict(deliveries(this.dataSource.manager), visible), query);
  }

  /** @throws AppError `notFound` */
  async get(pk: string, visible: VisibleRows): Promise<WebhookDeliveryDetailDto> {
    const { manager } = this.dataSource;
    const delivery = await findOne(restrict(deliveries(manager), visible), pk);
    const attempts = manager
      .createQueryBuilder(WebhookAttempt, 'attempt')
      .where('attempt.deliveryId = :pk', { pk })
      .orderBy('attempt.number');
    return { ...delivery, timeline: await select(attempts, webhookAttemptColumns).getRawMany<WebhookAttemptDto>() };
  }

  /** Returns a delivery in the caller's transaction. @throws AppError `notFound` */
  find(manager: EntityManager, pk: string): Promise<WebhookDeliveryDto> {
    return findOne(deliveries(manager), pk);
  }

  /**
   * Delivers an event again, with the same id, or retries a waiting delivery now.
   *
   * @throws ValidationError if the endpoint is disabled
   */
  replay({ pk }: WebhookDelivery): Promise<WebhookDeliveryDto> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await this.store.replay(manager, pk))) {
        throw new ValidationError({ [nonField]: ['The endpoint is disabled.'] });
      }
      return this.find(manager, pk);
    });
  }
}

function deliveries(manager: EntityManager): SelectQueryBuilder<WebhookDelivery> {
  return manager
    .createQueryBuilder(WebhookDelivery, 'delivery')
    .innerJoin('delivery.event', 'event')
    .innerJoin('delivery.endpoint', 'endpoint');
}

async function findOne(from: SelectQueryBuilder<WebhookDelivery>, pk: string): Promise<WebhookDeliveryDto> {
  const found = from.andWhere('delivery.pk = :pk', { pk });
  const row = await select(found, webhookDeliveryColumns).getRawOne<WebhookDeliveryDto>();
  if (row === undefined) throw new AppError('notFound');
  return row;
}
