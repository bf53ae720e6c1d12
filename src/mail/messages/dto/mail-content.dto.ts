import { ResponseOf } from '../../../rest/fields/derived.js';
import { BooleanField, ObjectField, TextField } from '../../../rest/fields/fields.js';

class MailHeaderFields {
  @TextField({ readOnly: true, description: 'Name of the header field.', example: 'Subject' })
  name!: string;

  @TextField({
    readOnly: true,
    description: 'Value on one line, encoded as in the mail.',
    example: 'Reset your password',
  })
  value!: string;
}

/** A header field. */
export class MailHeaderDto extends ResponseOf(MailHeaderFields) {}

class MailContentFields {
  @TextField({ readOnly: true, description: 'Subject in the language of the mail.', example: 'Reset your password' })
  subject!: string;

  @TextField({
    readOnly: true,
    description: 'HTML part, with the images of the mail as `data:` addresses; empty for a plain-text mail.',
    example: '<html><body><p>Reset your password</p></body></html>',
  })
  html!: string;

  @TextField({ readOnly: true, description: 'Text part.', example: 'Reset your password' })
  text!: string;

  @ObjectField(MailHeaderDto, { isArray: true, readOnly: true, description: 'Header fields, without the signature.' })
  headers!: MailHeaderDto[];

  @TextField({ readOnly: true, description: 'Language of the texts.', example: 'en' })
  locale!: string;

  @BooleanField({
    readOnly: true,
    description: 'Whether the template was changed after the last attempt: the mail that was sent may look different.',
    example: false,
  })
  template_changed!: boolean;
}

/** A mail as it is rendered now. `XXXXXX` stands for the secret of each link and for the code. */
export class MailContentDto extends ResponseOf(MailContentFields) {}
