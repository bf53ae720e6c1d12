import { ResponseOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  DateTimeField,
  DictionaryField,
  IntegerField,
  ObjectField,
  TextField,
  TextListField,
  UuidField,
} from '../../../rest/fields/fields.js';

class EventAccountFields {
  @IntegerField({ readOnly: true, computed: true, description: 'Key of the account.', example: 17 })
  pk!: number;

  @UuidField({ readOnly: true, description: 'UUID of the account.' })
  uuid!: string;

  @TextField({ readOnly: true, description: 'User name.', example: 'ada' })
  username!: string;

  @TextField({ readOnly: true, description: 'Display name.', example: 'Ada Lovelace' })
  name!: string;

  @TextField({ readOnly: true, description: 'Address; empty if none.', example: 'ada@library.example' })
  email!: string;

  @BooleanField({ readOnly: true, description: 'Whether the account can be used.' })
  is_active!: boolean;
}

/** An account as it is after an event. */
class EventAccountDto extends ResponseOf(EventAccountFields) {}

class AccountEventDataFields {
  @ObjectField(EventAccountDto, { description: 'The account.' })
  user!: EventAccountDto;
}

/** Data of events of an account. */
export class AccountEventDataDto extends ResponseOf(AccountEventDataFields) {}

class AddressChangedDataFields extends AccountEventDataFields {
  @TextField({ readOnly: true, description: 'The new address; empty if none.', example: 'ada@library.example' })
  address!: string;

  @TextField({ readOnly: true, description: 'The address before; empty if none.', example: 'ada@old.example' })
  previous_address!: string;
}

/** Data of a changed address. */
export class AddressChangedDataDto extends ResponseOf(AddressChangedDataFields) {}

class AddressVerifiedDataFields extends AccountEventDataFields {
  @TextField({ readOnly: true, description: 'The verified address.', example: 'ada@library.example' })
  address!: string;

  @TextField({ readOnly: true, nullable: true, description: 'What verified it.', example: 'link' })
  method!: string | null;
}

/** Data of a verified address. */
export class AddressVerifiedDataDto extends ResponseOf(AddressVerifiedDataFields) {}

class EventModelFields {
  @TextField({ readOnly: true, description: 'Key of the object.', example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90' })
  pk!: string;

  @TextField({ readOnly: true, description: 'Application of the model.', example: 'authentik_flows' })
  app!: string;

  @TextField({ readOnly: true, description: 'Name of the object.', example: 'Sign up' })
  name!: string;

  @TextField({ readOnly: true, description: 'Name of the model.', example: 'flow' })
  model_name!: string;
}

/** A flow or a stage in an event. */
class EventModelDto extends ResponseOf(EventModelFields) {}

class EventActorFields {
  @IntegerField({ readOnly: true, computed: true, sometimes: true, description: 'Key of the user.', example: 1 })
  pk?: number;

  @TextField({ readOnly: true, sometimes: true, description: 'User name.', example: 'akadmin' })
  username?: string;

  @TextField({ readOnly: true, sometimes: true, description: 'Address; empty if none.', example: 'root@example.com' })
  email?: string;
}

/** Who made a change; empty for the service itself. */
class EventActorDto extends ResponseOf(EventActorFields) {}

class ChangeEventDataFields {
  @ObjectField(EventModelDto, { description: 'What was changed.' })
  model!: EventModelDto;

  @TextListField({ readOnly: true, description: 'Names of the changed fields; empty if it was created or deleted.' })
  fields!: string[];

  @ObjectField(EventActorDto, { description: 'Who changed it; empty for the service itself.' })
  user!: EventActorDto;
}

/** Data of a created, changed or deleted flow or stage. */
export class ChangeEventDataDto extends ResponseOf(ChangeEventDataFields) {}

class MailEventDataFields {
  @UuidField({ readOnly: true, description: 'UUID of the mail.' })
  pk!: string;

  @TextField({ readOnly: true, description: '`Message-ID` of the mail.', example: '<1a2b@id.example.org>' })
  message_id!: string;

  @TextField({ readOnly: true, description: 'Address of the recipient.', example: 'ada@library.example' })
  recipient!: string;

  @TextField({ readOnly: true, description: 'Template of the mail.', example: 'email/account_confirmation.html' })
  template!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Number of attempts to send it.', example: 1 })
  attempts!: number;

  @TextField({
    readOnly: true,
    nullable: true,
    description: 'Why the last attempt failed, or what the provider reports.',
    example: null,
  })
  reason!: string | null;
}

/** Data of events of a mail. */
export class MailEventDataDto extends ResponseOf(MailEventDataFields) {}

class VerificationEventDataFields {
  @UuidField({ readOnly: true, description: 'UUID of the verification.' })
  pk!: string;

  @TextField({ readOnly: true, description: 'State of the verification.', example: 'approved' })
  status!: string;

  @TextField({ readOnly: true, description: 'The address.', example: 'ada@library.example' })
  email!: string;

  @TextField({ readOnly: true, description: 'What the mail has: `link`, `code` or `both`.', example: 'link' })
  method!: string;

  @TextField({ readOnly: true, description: 'The key that your application gave it.', example: 'order-17' })
  external_id!: string;

  @TextField({ readOnly: true, nullable: true, description: 'Where the reader is sent afterwards.', example: null })
  redirect_url!: string | null;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When the address was verified.' })
  approved_at!: Date | null;

  @TextField({ readOnly: true, nullable: true, description: 'What verified it: `link` or `code`.', example: 'link' })
  approved_by!: string | null;

  @DictionaryField({ readOnly: true, description: 'The data that your application gave it.' })
  data!: Record<string, unknown>;

  @TextField({ readOnly: true, description: 'Why the mail has failed; empty in every other state.', example: '' })
  reason!: string;
}

/** Data of the end of a verification. */
export class VerificationEventDataDto extends ResponseOf(VerificationEventDataFields) {}

class WebhookTestDataFields {
  @UuidField({ readOnly: true, description: 'UUID of the endpoint.' })
  endpoint!: string;
}

/** Data of a test of an endpoint. */
export class WebhookTestDataDto extends ResponseOf(WebhookTestDataFields) {}
