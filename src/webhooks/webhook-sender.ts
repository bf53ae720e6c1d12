import { Injectable } from '@nestjs/common';

import { DatabaseClock } from '../database/database-clock.js';
import { SecretBox } from '../database/secret-box.js';
import { RequestFailedError, sendRequest } from '../outgoing/http-request.js';
import { OutgoingNetworks } from '../outgoing/outgoing-networks.js';
import { signedHeaders } from '../outgoing/standard-webhook.js';
import { previousSecretPlace, webhookSecretPlace } from './webhook-endpoint.entity.js';
import type { AttemptResult, ClaimedEndpoint, DueDelivery } from './webhook-store.js';

/** Milliseconds that a receiver has for its whole answer. */
const timeoutMs = 10_000;

/** Bytes of an answer that are kept. */
const keptBytes = 4096;

/** Sends deliveries, each as a message of Standard Webhooks. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly guard: OutgoingNetworks,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Sends a delivery once.
   *
   * @param signal aborts the request; its reason is an `Error`
   */
  async send(endpoint: ClaimedEndpoint, { event }: DueDelivery, signal: AbortSignal): Promise<AttemptResult> {
    const { id, type, subject, sequence, created, data } = event;
    const body = JSON.stringify({ id, type, timestamp: new Date(created).toISOString(), subject, sequence, data });
    const started = this.clock.date();
    const start = performance.now();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'email-stage',
      ...signedHeaders({ id, body }, this.secretsOf(endpoint), started),
    };
    const took = (): { started: Date; milliseconds: number } => ({
      started,
      milliseconds: Math.round(performance.now() - start),
    });
    try {
      const request = { method: 'POST', url: new URL(endpoint.url), headers, body } as const;
      const response = await sendRequest(request, { timeoutMs, signal, guard: this.guard, cutAt: keptBytes });
      // PostgreSQL stores no NUL in a text.
      const answer = response.body.replaceAll('\0', '\uFFFD');
      return { ...took(), status: response.status, error: '', answer };
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      return { ...took(), status: null, error: error.message, answer: '' };
    }
  }

  private secretsOf({ secret, previousSecret }: ClaimedEndpoint): string[] {
    const current = this.secrets.open(secret, webhookSecretPlace);
    return previousSecret === '' ? [current] : [current, this.secrets.open(previousSecret, previousSecretPlace)];
  }
}
