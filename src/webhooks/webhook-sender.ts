import { Injectable } from '@nestjs/common';

import { DatabaseClock } from '../database/database-clock.js';
import { SealBrokenError, SecretBox } from '../database/secret-box.js';
import { outgoingMessage } from '../events/outbox/outgoing-message.js';
import { RequestFailedError, sendRequest } from '../outgoing/http-request.js';
import { OutgoingNetworks } from '../outgoing/outgoing-networks.js';
import { signedHeaders } from '../outgoing/standard-webhook.js';
import { previousSecretPlace, webhookSecretPlace } from './webhook-endpoint.entity.js';
import type { AttemptResult, ClaimedEndpoint, DueDelivery } from './webhook-store.js';

/** Milliseconds that a receiver has for its whole answer. */
const timeoutMs = 10_000;

const sealedElsewhere = 'The secret was sealed with another SECRET_KEY: make a new one with rotate_secret/.';

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
    const { id } = event;
    const body = outgoingMessage(event);
    const started = this.clock.date();
    const start = performance.now();
    const secrets = this.secretsOf(endpoint);
    const took = (): { started: Date; milliseconds: number } => ({
      started,
      milliseconds: Math.round(performance.now() - start),
    });
    if (secrets.length === 0) return { ...took(), status: null, error: sealedElsewhere, answer: '' };
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'email-stage',
      ...signedHeaders({ id, body }, secrets, started),
    };
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

  /** Returns the secrets that sign, the current one first; none if that was sealed with another SECRET_KEY. */
  private secretsOf({ secret, previousSecret }: ClaimedEndpoint): string[] {
    const current = this.opened(secret, webhookSecretPlace);
    if (current === undefined) return [];
    const previous = previousSecret === '' ? undefined : this.opened(previousSecret, previousSecretPlace);
    return previous === undefined ? [current] : [current, previous];
  }

  private opened(sealed: string, place: string): string | undefined {
    try {
      return this.secrets.open(sealed, place);
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }
}
