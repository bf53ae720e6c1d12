import { eventPatternProblem } from '../../events/outbox/event-pattern.js';
import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { eachOf, text } from '../../rest/fields/coercions.js';
import { PatchOf, RequestOf, ResponseOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
import { field } from '../../rest/fields/field.js';
import { BooleanField, DateTimeField, TextField, UuidField } from '../../rest/fields/fields.js';
import { unique } from '../../rest/fields/rules.js';
import { WebhookEndpoint } from '../webhook-endpoint.entity.js';
import { isReachable, webhookUrlProblem } from '../webhook-url.js';

const nameTaken = 'webhook endpoint with this name already exists.';
describeConstraint('uq_webhook_endpoint_name', 'name', nameTaken);

/** A list of types of events. */
const EventTypesField = field(
  { type: 'array', items: { type: 'string' } },
  eachOf(text({ maxLength: 100, checks: [eventPatternProblem] }), { allowEmpty: true }),
  {
    description: 'Types of events to deliver, `*` for any characters; empty: all.',
    example: ['verification.*', 'address.verified'],
  },
);

class WebhookEndpointFields {
  @UuidField({ readOnly: true, description: 'UUID of the endpoint.' })
  pk!: string;

  @TextField({
    required: true,
    maxLength: 150,
    description: 'Unique name.',
    example: 'library-backend',
    rules: [unique(() => WebhookEndpoint, 'name', nameTaken)],
  })
  name!: string;

  @TextField({ allowBlank: true, description: 'Purpose of the endpoint.', example: 'Creates library cards.' })
  description!: string;

  @TextField({
    required: true,
    maxLength: 2048,
    description: 'Where events are posted to. An address that is not public must be in a network of `WEBHOOK_ALLOW`.',
    example: 'https://library.example/webhooks',
    checks: [webhookUrlProblem],
    rules: [isReachable],
  })
  url!: string;

  @EventTypesField
  event_types!: string[];

  @BooleanField({
    default: true,
    description: 'Deliver events. Events that happen while an endpoint is disabled are not delivered to it later.',
  })
  enabled!: boolean;

  @TextField({
    readOnly: true,
    nullable: true,
    description: 'Signs the deliveries. Shown once, by the creation and by `rotate_secret/`; null otherwise.',
    example: null,
  })
  secret!: string | null;

  @DateTimeField({
    readOnly: true,
    nullable: true,
    description: 'Until then, deliveries are signed with the secret before the last rotation too.',
  })
  previous_secret_until!: Date | null;

  @DateTimeField({
    readOnly: true,
    nullable: true,
    description:
      'The first failed attempt since the last successful one. An endpoint that fails for five days is disabled.',
  })
  failing_since!: Date | null;

  @DateTimeField({ readOnly: true, description: 'When the endpoint was created.' })
  created!: Date;

  @DateTimeField({ readOnly: true, description: 'When the endpoint was changed last.' })
  last_updated!: Date;
}

/** Where events are delivered to. */
export class WebhookEndpointDto extends ResponseOf(WebhookEndpointFields) {}

/** An endpoint to create or to replace with. */
@DefaultsOf(WebhookEndpoint)
export class WebhookEndpointRequestDto extends RequestOf(WebhookEndpointFields) {}

/** Changes to an endpoint. */
export class PatchedWebhookEndpointRequestDto extends PatchOf(WebhookEndpointRequestDto) {}
