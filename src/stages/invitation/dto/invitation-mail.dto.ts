import { canReceive, localeField } from '../../../mail/mail-fields.js';
import { RequestOf } from '../../../rest/fields/derived.js';
import { EmailField, TextField } from '../../../rest/fields/fields.js';

class InvitationMailRequestFields {
  @EmailField({
    required: true,
    description: 'Address that the invitation is mailed to.',
    example: 'jane@example.org',
    rules: [canReceive],
  })
  email!: string;

  @TextField(localeField)
  locale?: string;
}

/** An invitation to mail. */
export class InvitationMailRequestDto extends RequestOf(InvitationMailRequestFields) {}
