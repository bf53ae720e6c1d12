import { ResponseOf } from '../../rest/fields/derived.js';
import {
  ChoiceField,
  DateTimeField,
  IntegerField,
  ObjectField,
  TextField,
  UuidField,
} from '../../rest/fields/fields.js';
import { type DeliveryState, deliveryStates } from '../webhook-delivery.entity.js';

class WebhookAttemptFields {
  @IntegerField({ readOnly: true, computed: true, description: 'Number of the attempt, starting at 1.' })
  number!: number;

  @DateTimeField({ readOnly: true, description: 'When the attempt started.' })
  started!: Date;

  @IntegerField({ readOnly: true, computed: true, description: 'How long it took.' })
  milliseconds!: number;

  @IntegerField({
    readOnly: true,
    computed: true,
    nullable: true,
    description: 'HTTP status; null without a response.',
  })
  status!: number | null;

  @TextField({ readOnly: true, description: 'Why there is no response; empty if there is one.', example: '' })
  error!: string;

  @TextField({ readOnly: true, description: 'The first 4 kB of the response.', example: 'ok' })
  answer!: string;
}

/** An attempt to deliver an event. */
export class WebhookAttemptDto extends ResponseOf(WebhookAttemptFields) {}

class WebhookDeliveryFields {
  @UuidField({ readOnly: true, description: 'UUID of the delivery.' })
  pk!: string;

  @UuidField({ readOnly: true, description: 'UUID of the endpoint.' })
  endpoint!: string;

  @TextField({ readOnly: true, description: 'Name of the endpoint.', example: 'library-backend' })
  endpoint_name!: string;

  @UuidField({ readOnly: true, description: 'UUID of the event: `webhook-id` of every attempt.' })
  event!: string;

  @TextField({ readOnly: true, description: 'Type of the event.', example: 'address.verified' })
  type!: string;

  @TextField({ readOnly: true, description: 'What the event happened to.', example: 'user/17' })
  subject!: string;

  @IntegerField({
    readOnly: true,
    computed: true,
    description: 'Grows from event to event of a subject, with gaps.',
  })
  sequence!: number;

  @ChoiceField('WebhookDeliveryStateEnum', deliveryStates, { readOnly: true, description: 'State of the delivery.' })
  state!: DeliveryState;

  @IntegerField({ readOnly: true, computed: true, description: 'Number of attempts.' })
  attempts!: number;

  @DateTimeField({ readOnly: true, nullable: true, description: 'Time of the next attempt.' })
  next_attempt!: Date | null;

  @DateTimeField({ readOnly: true, description: 'When the event happened.' })
  created!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When it was delivered or failed.' })
  finished!: Date | null;
}

class WebhookDeliveryDetailFields extends WebhookDeliveryFields {
  @ObjectField(WebhookAttemptDto, { isArray: true, description: 'Attempts in order.' })
  timeline!: WebhookAttemptDto[];
}

/** The delivery of an event to an endpoint. */
export class WebhookDeliveryDto extends ResponseOf(WebhookDeliveryFields) {}

/** A delivery with its attempts. */
export class WebhookDeliveryDetailDto extends ResponseOf(WebhookDeliveryDetailFields) {}
