import { ResponseOf } from '../../rest/fields/derived.js';
import { field } from '../../rest/fields/field.js';
import { DateTimeField, IntegerField, ObjectField, TextField, UuidField } from '../../rest/fields/fields.js';
import type { WebhookOperation } from '../../rest/openapi/webhooks.js';
import { eventDeclarations } from './event-declarations.js';
import { eventTypes } from './event-types.js';

/** Returns the events for other systems, for the OpenAPI document. */
export function eventOperations(): WebhookOperation[] {
  return eventTypes.map((type) => {
    const { description, subject, data } = eventDeclarations[type];
    return { name: type, description, body: bodyOf(type, subject, data) };
  });
}

/** Returns the class of the JSON of an event, named `<Type>Event`. */
function bodyOf(type: string, kind: string, data: new () => object): new () => object {
  class Fields {
    @UuidField({
      readOnly: true,
      description: 'The same in every attempt of every delivery: skip an id that you have seen.',
    })
    id!: string;

    @field({ type: 'string', enum: [type] }, (raw) => raw, {
      readOnly: true,
      description: 'Type of the event.',
      example: type,
    })
    type!: string;

    @DateTimeField({ readOnly: true, description: 'When it happened.' })
    timestamp!: Date;

    @TextField({ readOnly: true, description: 'What it happened to.', example: `${kind}/17` })
    subject!: string;

    @IntegerField({
      readOnly: true,
      computed: true,
      description: 'Grows from event to event of a subject, with gaps.',
      example: 4711,
    })
    sequence!: number;

    @ObjectField(data, { description: 'What happened.' })
    data!: object;
  }
  const words = type.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const body = class extends ResponseOf(Fields) {};
  Object.defineProperty(body, 'name', { value: `${words.join('')}EventDto` });
  return body;
}
