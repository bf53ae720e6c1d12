import { randomUUID } from 'node:crypto';

import { expect, vi } from 'vitest';

import type { WebhookDeliveryDetailDto, WebhookDeliveryDto } from '../../src/webhooks/dto/webhook-delivery.dto.js';
import type { WebhookEndpointDto, WebhookEndpointRequestDto } from '../../src/webhooks/dto/webhook-endpoint.dto.js';
import { created } from '../factories/created.js';
import type { TestApp } from './test-app.js';
import type { ReceivedWebhook, WebhookReceiver } from './webhook-receiver.js';

/** A new endpoint, with its secret. */
export interface Endpoint extends WebhookEndpointDto {
  readonly secret: string;
}

/** The webhooks of a service whose receiver is in this process. */
export class Webhooks {
  constructor(
    private readonly app: TestApp,
    private readonly receiver: WebhookReceiver,
    /** URL of the receiver. */
    private readonly base: string,
  ) {}

  /** Creates an endpoint with a path of its own. */
  async createEndpoint(fields: Partial<WebhookEndpointRequestDto> = {}): Promise<Endpoint> {
    const name = `endpoint-${randomUUID()}`;
    return created(this.app.api.post('/webhooks/endpoints/', { name, url: `${this.base}/${name}`, ...fields }));
  }

  receivedBy({ name }: WebhookEndpointDto): ReceivedWebhook[] {
    return this.receiver.received.filter(({ path }) => path === `/${name}`);
  }

  async deliveriesOf({ pk }: WebhookEndpointDto): Promise<WebhookDeliveryDto[]> {
    return (await this.app.api.get(`/webhooks/deliveries/?endpoint=${pk}&ordering=sequence`)).body.results;
  }

  /** Sends a test event. */
  async test({ pk }: WebhookEndpointDto): Promise<WebhookDeliveryDto> {
    const { status, body } = await this.app.api.post(`/webhooks/endpoints/${pk}/test/`);
    expect(status).toBe(200);
    return body;
  }

  /** Waits until a delivery has a state and a number of attempts. */
  reaches(pk: string, expected: object): Promise<WebhookDeliveryDetailDto> {
    return vi.waitFor(
      async () => {
        const { body } = await this.app.api.get(`/webhooks/deliveries/${pk}/`);
        expect(body).toMatchObject(expected);
        return body as WebhookDeliveryDetailDto;
      },
      { timeout: 15_000, interval: 50 },
    );
  }

  /** Makes every waiting delivery due, and ends the pauses of endpoints. */
  async hurry(): Promise<void> {
    await this.app.dataSource.query(`update "webhook_delivery" set next_attempt = now() where state = 'pending'`);
    await this.app.dataSource.query(`update "webhook_endpoint" set lease_until = null`);
  }
}
