import { schemaName } from './paginated.js';

/** A request that the service sends to other systems. */
export interface WebhookOperation {
  /** Name of the event, such as `user.created`. */
  readonly name: string;
  readonly description: string;
  readonly body: new () => object;
}

const headers = {
  'webhook-id': 'The id of the event.',
  'webhook-timestamp': 'Seconds since 1970 at which the attempt was signed.',
  'webhook-signature': 'Signatures by the secrets of the endpoint, as Standard Webhooks describes them.',
};

/** Returns the requests by name, as OpenAPI 3.1 has them below `webhooks`. In 3.0.3 they are an extension. */
export function webhookItems(webhooks: readonly WebhookOperation[]): Record<string, object> {
  return Object.fromEntries(webhooks.map((webhook) => [webhook.name, itemOf(webhook)]));
}

function itemOf({ name, description, body }: WebhookOperation): object {
  const schema = { $ref: `#/components/schemas/${schemaName(body.name)}` };
  return {
    post: {
      summary: description.replace(/\.$/, ''),
      operationId: `webhook_${name.replace('.', '_')}`,
      parameters: Object.entries(headers).map(([header, about]) => ({
        name: header,
        in: 'header',
        description: about,
        required: true,
        schema: { type: 'string' },
      })),
      requestBody: { content: { 'application/json': { schema } }, required: true },
      responses: {
        '2XX': { description: 'The receiver has taken the event. After any other response it is sent again.' },
        '410': { description: 'The endpoint is disabled.' },
      },
      tags: ['webhooks'],
    },
  };
}
