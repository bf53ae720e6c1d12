import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../config/settings.js';
import { DatabaseClock } from '../database/database-clock.js';
import { SealBrokenError, SecretBox } from '../database/secret-box.js';
import { outgoingMessage, type StoredEvent } from '../events/outbox/outgoing-message.js';
import { RequestFailedError, sendRequest } from '../outgoing/http-request.js';
import { OutgoingNetworks } from '../outgoing/outgoing-networks.js';
import { signedHeaders } from '../outgoing/standard-webhook.js';
import { notificationBody, type SentNotification } from './notification-body.js';
import { previousSecretPlace, webhookSecretPlace } from './webhook-endpoint.entity.js';
import type { AttemptResult, ClaimedEndpoint, ClaimedTransport, Receiver } from './webhook-receivers.js';

/** Milliseconds that a receiver has for its whole answer. */
const timeoutMs = 10_000;

const sealedElsewhere = 'The secret was sealed with another SECRET_KEY: make a new one with rotate_secret/.';

/** Bytes of an answer that are kept. */
const keptBytes = 4096;

/** What is posted to a receiver. */
interface Message {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends deliveries: to an endpoint as a message of Standard Webhooks, to a transport as a notification. */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly guard: OutgoingNetworks,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Sends an event once.
   *
   * @param signal aborts the request; its reason is an `Error`
   */
  async send(receiver: Receiver, event: StoredEvent, signal: AbortSignal): Promise<AttemptResult> {
    const started = this.clock.date();
    const start = performance.now();
    const took = (): { started: Date; milliseconds: number } => ({
      started,
      milliseconds: Math.round(performance.now() - start),
    });
    const message = receiver.kind === 'endpoint' ? this.signed(receiver, event, started) : this.plain(receiver, event);
    if (message === undefined) return { ...took(), status: null, error: sealedElsewhere, answer: '' };
    const headers = { 'content-type': 'application/json', 'user-agent': 'email-stage', ...message.headers };
    try {
      const request = { method: 'POST', url: new URL(receiver.url), headers, body: message.body } as const;
      const response = await sendRequest(request, { timeoutMs, signal, guard: this.guard, cutAt: keptBytes });
      // PostgreSQL stores no NUL in a text.
      const answer = response.body.replaceAll('\0', '\uFFFD');
      return { ...took(), status: response.status, error: '', answer };
    } catch (error) {
      if (!(error instanceof RequestFailedError)) throw error;
      return { ...took(), status: null, error: error.message, answer: '' };
    }
  }

  /** Returns the message for an endpoint; undefined if its secret was sealed with another SECRET_KEY. */
  private signed(endpoint: ClaimedEndpoint, event: StoredEvent, now: Date): Message | undefined {
    const body = outgoingMessage(event);
    const secrets = this.secretsOf(endpoint);
    return secrets.length === 0 ? undefined : { body, headers: signedHeaders({ id: event.id, body }, secrets, now) };
  }

  private plain({ mode }: ClaimedTransport, { id, data }: StoredEvent): Message {
    const body = notificationBody(mode, data as unknown as SentNotification, this.settings.brandName);
    return { body: JSON.stringify(body), headers: { 'webhook-id': id } };
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
