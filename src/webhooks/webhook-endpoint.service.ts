import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Caller } from '../core/access/caller.js';
import { type ReadRows, ResourceStore } from '../core/access/resource-store.js';
import { SealBrokenError, SecretBox } from '../database/secret-box.js';
import { everyRow } from '../rest/access/route-access.js';
import { nonField, ValidationError } from '../rest/errors/validation-error.js';
import type { WebhookDeliveryDto } from './dto/webhook-delivery.dto.js';
import type { WebhookEndpointDto, WebhookEndpointRequestDto } from './dto/webhook-endpoint.dto.js';
import { WebhookDeliveryService } from './webhook-delivery.service.js';
import { previousSecretPlace, WebhookEndpoint, webhookSecretPlace } from './webhook-endpoint.entity.js';
import { webhookEndpointColumns, type WebhookEndpointRow } from './webhook-endpoint.mapper.js';
import { WebhookStore } from './webhook-store.js';

/** Stores the endpoints of webhooks. */
@Injectable()
export class WebhookEndpointService extends ResourceStore<
  WebhookEndpoint,
  WebhookEndpointRow,
  WebhookEndpointDto,
  WebhookEndpointRequestDto
> {
  constructor(
    dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly store: WebhookStore,
    private readonly deliveries: WebhookDeliveryService,
  ) {
    super(dataSource, { entity: WebhookEndpoint, alias: 'endpoint', columns: webhookEndpointColumns });
  }

  /** As for every resource; the response has the secret, this once. */
  override async create(request: WebhookEndpointRequestDto, by: Caller): Promise<WebhookEndpointDto> {
    const created = await super.create(request, by);
    const { secret } = await this.dataSource.manager.findOneByOrFail(WebhookEndpoint, { pk: created.pk });
    return { ...created, secret: this.secrets.open(secret, webhookSecretPlace) };
  }

  /** Deletes an endpoint; its deliveries first and in batches, since they can be too many for one statement. */
  override async remove(endpoint: WebhookEndpoint): Promise<void> {
    let deleted = 1;
    while (deleted > 0) deleted = await this.store.forget({ kind: 'endpoint', pk: endpoint.pk });
    await super.remove(endpoint);
  }

  /** Makes a new secret. For 24 hours, deliveries are signed with the one before too. */
  async rotateSecret({ pk }: WebhookEndpoint, by: Caller): Promise<WebhookEndpointDto> {
    const secret = newSecret();
    await this.dataSource.transaction(async (manager) => {
      const { secret: previous } = await manager.findOneOrFail(WebhookEndpoint, {
        where: { pk },
        lock: { mode: 'pessimistic_write' },
      });
      await manager.update(
        WebhookEndpoint,
        { pk },
        {
          secret: this.secrets.seal(secret, webhookSecretPlace),
          previousSecret: this.resealed(previous),
          previousSecretUntil: () => `now() + interval '24 hours'`,
          secretChanges: () => 'secret_changes + 1',
        },
      );
    });
    return { ...(await this.get(pk, everyRow, by)), secret };
  }

  /**
   * Queues an event of the type `webhook.test`, also for an endpoint that takes other types only.
   *
   * @throws ValidationError if the endpoint is disabled
   */
  async test({ pk, enabled }: WebhookEndpoint): Promise<WebhookDeliveryDto> {
    if (!enabled) throw new ValidationError({ [nonField]: ['The endpoint is disabled.'] });
    return this.dataSource.transaction(async (manager) =>
      this.deliveries.find(manager, await this.store.addTest(manager, pk)),
    );
  }

  /** Returns the secret of before, sealed for its other place; empty if it was sealed with another SECRET_KEY. */
  private resealed(secret: string): string {
    try {
      return this.secrets.seal(this.secrets.open(secret, webhookSecretPlace), previousSecretPlace);
    } catch (error) {
      if (error instanceof SealBrokenError) return '';
      throw error;
    }
  }

  protected override newRow(pk: string, by: Caller | undefined): WebhookEndpoint {
    const secret = this.secrets.seal(newSecret(), webhookSecretPlace);
    return Object.assign(super.newRow(pk, by), { secret });
  }

  /** An endpoint that is enabled starts without failures. */
  protected override valuesOf(
    _manager: EntityManager,
    request: Partial<WebhookEndpointRequestDto>,
  ): Promise<Partial<WebhookEndpoint>> {
    const values = this.columnsOf(request);
    return Promise.resolve(values.enabled === true ? { ...values, failingSince: null } : values);
  }

  protected responses({ rows }: ReadRows<WebhookEndpointRow, never>): WebhookEndpointDto[] {
    return rows.map((row) => ({ ...row, secret: null }));
  }
}

/** Returns a secret as Standard Webhooks describes it. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
