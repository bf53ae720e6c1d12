import { RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import { EmailField, TextField, UuidField } from '../../../rest/fields/fields.js';
import { canReceive, localeField, templateExists } from '../../mail-fields.js';

/** The fields of a test mail. */
export class TransportTestFields {
  @EmailField({ required: true, description: 'Recipient address.', rules: [canReceive] })
  to!: string;

  @TextField({
    description: 'Shipped or custom template; default: `email/setup.html`.',
    rules: [templateExists],
    example: 'email/setup.html',
  })
  template?: string;

  @TextField(localeField)
  locale?: string;
}

/** The fields of a queued test mail. */
export class TransportTestResultFields {
  @UuidField({
    readOnly: true,
    description: 'Key of the queued mail, whose state is at `/mail/messages/{message_uuid}/`.',
  })
  message!: string;
}

/** A test mail to send through a named transport. */
export class NamedTransportTestRequestDto extends RequestOf(TransportTestFields) {}

/** A queued test mail of a named transport. */
export class NamedTransportTestDto extends ResponseOf(TransportTestResultFields) {}
