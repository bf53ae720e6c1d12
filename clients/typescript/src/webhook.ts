import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** What happened, as a webhook tells it. */
export interface WebhookEvent<Data = Record<string, unknown>> {
  /** The same in every attempt of every delivery; also in the header `webhook-id`. */
  readonly id: string;
  /** Such as `verification.approved`. */
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  /** What it happened to, such as `verification/4b3c…`. */
  readonly subject: string;
  /** Grows from event to event of a subject: it says which of two events of a type is the newer one. */
  readonly sequence: number;
  readonly data: Data;
}

/**
 * Checks the signature of a webhook (Standard Webhooks), and returns its event.
 *
 * @param secrets `whsec_…`; several while a secret is rotated
 * @param headers of the request, with names in lower case
 * @param body the body exactly as it was received
 * @throws WebhookVerificationError if no secret fits, or the request is older than five minutes
 */
export function readWebhook<Data = Record<string, unknown>>(
  secrets: string | readonly string[],
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): WebhookEvent<Data> {
  const named = headers instanceof Headers ? Object.fromEntries(headers) : (headers as Record<string, string>);
  let failure: unknown = new WebhookVerificationError('no secret was given');
  for (const secret of [secrets].flat()) {
    try {
      return new Webhook(secret).verify(body, named) as WebhookEvent<Data>;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
