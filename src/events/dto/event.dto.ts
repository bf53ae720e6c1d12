import { ResponseOf } from '../../rest/fields/derived.js';
import { field } from '../../rest/fields/field.js';
import { ChoiceField, DateTimeField, TextField, UuidField } from '../../rest/fields/fields.js';
import { anyValue } from '../../rest/openapi/document.js';
import { eventActions } from '../event.entity.js';

/** Any JSON value. */
function JsonField(description: string): PropertyDecorator {
  return field(anyValue, (raw) => raw, { description });
}

class EventFields {
  @UuidField({ readOnly: true, description: 'UUID of the event.' })
  pk!: string;

  @JsonField('Acting user at that time: `pk`, `username`, `email`. Empty for the service itself.')
  user?: Record<string, unknown>;

  @ChoiceField('EventActions', eventActions, { required: true, description: 'What happened.' })
  action!: string;

  @TextField({ required: true, description: 'Component that wrote the event.', example: 'authentik.events.signals' })
  app!: string;

  @JsonField('Details. Never contains a link, a token, a password or the text of a mail.')
  context?: Record<string, unknown>;

  @TextField({
    nullable: true,
    description: 'Address of the client; null for the service itself.',
    example: '203.0.113.7',
  })
  client_ip?: string | null;

  @DateTimeField({ readOnly: true, description: 'When it happened.' })
  created!: Date;

  @DateTimeField({ description: 'Time of deletion; absent if events are kept forever (`EVENT_RETENTION`).' })
  expires?: Date;

  @JsonField('Always empty: there are no brands.')
  brand?: Record<string, unknown>;
}

/** An audit event. */
export class EventDto extends ResponseOf(EventFields) {}
