import { canReceive } from '../../mail/mail-fields.js';
import { RequestOf } from '../../rest/fields/derived.js';
import { EmailField, TextField } from '../../rest/fields/fields.js';
import { redirectField } from './verification.dto.js';

class UserAddressVerificationRequestFields {
  @EmailField({ required: true, description: 'Address of the user.', example: 'jane@example.org', rules: [canReceive] })
  address!: string;

  @TextField(redirectField)
  redirect_url?: string | null;
}

/** An address of a user to verify. */
export class UserAddressVerificationRequestDto extends RequestOf(UserAddressVerificationRequestFields) {}
