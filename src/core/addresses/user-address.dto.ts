import { ResponseOf } from '../../rest/fields/derived.js';
import { BooleanField, ChoiceField, DateTimeField, EmailField, UuidField } from '../../rest/fields/fields.js';
import { type ProofMethod, proofMethods } from './account-address.entity.js';

class UserAddressFields {
  @EmailField({ readOnly: true, description: 'The address.', example: 'jane@example.org' })
  address!: string;

  @BooleanField({ readOnly: true, description: 'Whether it is the current address of the user.' })
  is_current!: boolean;

  @DateTimeField({ readOnly: true, description: 'When the user got the address.' })
  since!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When the user got another one; null if current.' })
  until!: Date | null;

  @DateTimeField({
    readOnly: true,
    nullable: true,
    description: 'When a mail first proved the address; null if never.',
  })
  verified!: Date | null;

  @ChoiceField('AddressProofMethodEnum', proofMethods, {
    readOnly: true,
    nullable: true,
    description: 'Whether the link or the code of the mail proved it; null if unproved or not recorded.',
  })
  method!: ProofMethod | null;

  @UuidField({ readOnly: true, nullable: true, description: 'Run of the flow that proved it; null outside of flows.' })
  run!: string | null;
}

/** An address that a user has or had. */
export class UserAddressDto extends ResponseOf(UserAddressFields) {}
