import { createHmac } from 'node:crypto';

import { webhookKey } from '../syntax/webhook-secret.js';
import { type RequestLimits, sendRequest } from './http-request.js';

/** A message of a webhook. */
export interface WebhookMessage {
  /** The same for every attempt, so that the receiver recognizes a repeated one. */
  readonly id: string;
  readonly body: string;
}

/**
 * Returns the header fields of a message as https://www.standardwebhooks.com describes them.
 *
 * @param secrets each makes a signature: receivers accept any of them, so that a secret can be replaced
 */
export function signedHeaders(
  { id, body }: WebhookMessage,
  secrets: readonly string[],
  now: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signatures = secrets.map((secret) => signatureOf({ id, body }, timestamp, secret));
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

/** Returns one signature of a message, `v1,…`. @param timestamp seconds since 1970 */
export function signatureOf({ id, body }: WebhookMessage, timestamp: string, secret: string): string {
  return `v1,${createHmac('sha256', webhookKey(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/**
 * Sends a message once. Redirects are not followed.
 *
 * @throws Error if the receiver did not take it: no response in time, or a status other than 2xx
 */
export async function sendWebhook(
  url: string,
  message: WebhookMessage,
  secret: string,
  now: Date,
  limits: RequestLimits,
): Promise<void> {
  const headers = { 'content-type': 'application/json', ...signedHeaders(message, [secret], now) };
  const { status } = await sendRequest({ method: 'POST', url: new URL(url), headers, body: message.body }, limits);
  if (status < 200 || status >= 300) throw new Error(`status ${status}`);
}
