import {
  AccountEventDataDto,
  AddressChangedDataDto,
  AddressVerifiedDataDto,
  ChangeEventDataDto,
  MailEventDataDto,
  VerificationEventDataDto,
  WebhookTestDataDto,
} from './dto/event-data.dto.js';
import type { EventType } from './event-types.js';

/** What an event says. */
interface EventDeclaration {
  /** What it happens to: the part of its subject before the slash. */
  readonly subject: string;
  readonly data: new () => object;
  /** When it happens, as a sentence. */
  readonly description: string;
}

const account = (description: string, data: new () => object = AccountEventDataDto): EventDeclaration => ({
  subject: 'user',
  data,
  description,
});
const change = (subject: string, what: string): EventDeclaration => ({
  subject,
  data: ChangeEventDataDto,
  description: `A ${subject} was ${what}.`,
});
const mail = (description: string): EventDeclaration => ({ subject: 'mail', data: MailEventDataDto, description });
const verification = (description: string): EventDeclaration => ({
  subject: 'verification',
  data: VerificationEventDataDto,
  description,
});

/** Every event for other systems, as the OpenAPI document describes it. */
export const eventDeclarations: Readonly<Record<EventType, EventDeclaration>> = {
  'address.changed': account('The address of an account changed.', AddressChangedDataDto),
  'address.verified': account("A mail has reached the owner of an account's address.", AddressVerifiedDataDto),
  'flow.created': change('flow', 'created'),
  'flow.deleted': change('flow', 'deleted'),
  'flow.updated': change('flow', 'changed'),
  'mail.bounced': mail('A provider reports that a mail can never reach its recipient.'),
  'mail.complained': mail('A provider reports that the recipient of a mail has marked it as spam.'),
  'mail.failed': mail('A mail was refused, or could not be sent for a day.'),
  'mail.sent': mail('A mail server or provider accepted a mail.'),
  'stage.created': change('stage', 'created'),
  'stage.deleted': change('stage', 'deleted'),
  'stage.updated': change('stage', 'changed'),
  'user.activated': account('An account became active.'),
  'user.created': account('An account was created.'),
  'user.password_changed': account('An account got another password.'),
  'user.signed_in': account('A user signed in.'),
  'verification.approved': verification('The address of a verification was proved.'),
  'verification.canceled': verification('A verification was canceled.'),
  'verification.expired': verification('A verification has expired.'),
  'verification.failed': verification(
    'The mail of a verification was refused or bounced, or too many wrong codes were tried.',
  ),
  'webhook.test': {
    subject: 'endpoint',
    data: WebhookTestDataDto,
    description: 'A test of the endpoint was asked for.',
  },
};
