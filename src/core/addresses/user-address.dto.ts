import { RequestOf, ResponseOf } from '../../rest/fields/derived.js';
import { BooleanField, ChoiceField, DateTimeField, EmailField, UuidField } from '../../rest/fields/fields.js';
import { type ProofMethod, proofMethods } from './account-address.entity.js';

class UserAddressFields {
  @EmailField({ readOnly: true, description: 'The address.', example: 'jane@example.org' })
  address!: string;

  @BooleanField({ readOnly: true, description: 'Whether the user has the address now.' })
  is_current!: boolean;

  @DateTimeField({ readOnly: true, description: 'When the user got the address.' })
  since!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When the user no longer had it; null if current.' })
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
    description:
      'Whether the link or the code of a mail proved it, or a mailed invitation; null if unproved or not recorded.',
  })
  method!: ProofMethod | null;

  @UuidField({ readOnly: true, nullable: true, description: 'Run of the flow that proved it; null outside of flows.' })
  run!: string | null;

  @BooleanField({ readOnly: true, description: 'Whether it is the primary address, `email` of the user.' })
  is_primary!: boolean;
}

/** An address that a user has or had. */
export class UserAddressDto extends ResponseOf(UserAddressFields) {}

class UserAddressRequestFields {
  @EmailField({ required: true, description: 'The address.', example: 'jane@example.org' })
  address!: string;
}

/** An address of a user to add, to remove or to make the primary one. */
export class UserAddressRequestDto extends RequestOf(UserAddressRequestFields) {}
