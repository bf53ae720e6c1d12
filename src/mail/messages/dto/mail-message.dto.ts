import { ResponseOf } from '../../../rest/fields/derived.js';
import {
  ChoiceField,
  DateTimeField,
  IntegerField,
  ObjectField,
  TextField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { MailFeedbackDto } from '../../feedback/dto/mail-feedback.dto.js';
import { type AttemptOutcome, attemptOutcomes } from '../../outbox/delivery-attempt.entity.js';
import { type MessageState, messageStates } from '../../outbox/message-states.js';

class DeliveryAttemptFields {
  @IntegerField({ readOnly: true, computed: true, description: 'Attempt number, starting at 1.' })
  number!: number;

  @DateTimeField({ readOnly: true, description: 'When the attempt started.' })
  started!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'Null while the attempt is in progress.' })
  ended!: Date | null;

  @ChoiceField('DeliveryAttemptOutcomeEnum', attemptOutcomes, {
    readOnly: true,
    nullable: true,
    description:
      'Null while the attempt is in progress. `captured`: stored in the local mailbox; `deferred`: to be retried; ' +
      '`interrupted`: the worker ended, so it is unknown whether the server accepted the mail.',
  })
  outcome!: AttemptOutcome | null;

  @IntegerField({
    readOnly: true,
    computed: true,
    nullable: true,
    description: "SMTP code or HTTP status of the server's reply.",
  })
  code!: number | null;

  @TextField({ readOnly: true, description: "Text of the server's reply.", example: '2.0.0 OK' })
  reply!: string;

  @TextField({ readOnly: true, description: 'Reason of the failure.', example: '' })
  reason!: string;

  @TextField({
    readOnly: true,
    description: '`host:port`; empty without a mail server.',
    example: 'smtp.example.org:587',
  })
  server!: string;

  @TextField({ readOnly: true, nullable: true, description: 'TLS version; null for an unencrypted connection.' })
  tls!: string | null;

  @TextField({
    readOnly: true,
    description: 'How the mail was sent: `smtp`, `mailbox`, `http/resend`; empty for attempts of older releases.',
    example: 'smtp',
  })
  provider!: string;

  @TextField({
    readOnly: true,
    description: 'Name that the transport of the stage had (`/mail/transports/`); empty for a stage without one.',
    example: 'Newsroom',
  })
  transport!: string;

  @TextField({
    readOnly: true,
    description: 'Identifier that the server or provider gave the mail; empty if it named none.',
    example: '0100018b5c3c0a4f-5c3c0a4f-000000',
  })
  provider_message_id!: string;
}

/** A delivery attempt. */
export class DeliveryAttemptDto extends ResponseOf(DeliveryAttemptFields) {}

class MailMessageFields {
  @UuidField({ readOnly: true, description: 'UUID of the message.' })
  pk!: string;

  @TextField({
    readOnly: true,
    description: '`Message-ID` without angle brackets, the same for every attempt.',
    example: '7f3c1d52@id.example.org',
  })
  message_id!: string;

  @ChoiceField('MailMessageStateEnum', messageStates, { readOnly: true, description: 'State of the delivery.' })
  state!: MessageState;

  @UuidField({ readOnly: true, nullable: true, description: 'Sending stage; null for mails of the service itself.' })
  stage!: string | null;

  @TextField({ readOnly: true, description: 'Template of the mail.', example: 'email/password_reset.html' })
  template!: string;

  @TextField({ readOnly: true, description: 'As configured, before translation.', example: 'authentik' })
  subject!: string;

  @TextField({ readOnly: true, description: 'Address of the recipient.', example: 'jane@example.org' })
  recipient!: string;

  @TextField({ readOnly: true, description: 'Display name of the recipient.', example: 'Jane Doe' })
  recipient_name!: string;

  @TextField({ readOnly: true, description: 'Sender.', example: 'noreply@example.org' })
  from_address!: string;

  @TextField({ readOnly: true, description: 'Language of the mail.', example: 'en' })
  locale!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Number of attempts.' })
  attempts!: number;

  @DateTimeField({ readOnly: true, nullable: true, description: 'Time of the next attempt.' })
  next_attempt!: Date | null;

  @DateTimeField({ readOnly: true, nullable: true, description: 'The mail is not sent after this time.' })
  deadline!: Date | null;

  @TextField({ readOnly: true, description: 'Why the mail was not sent.', example: '' })
  reason!: string;

  @DateTimeField({ readOnly: true, description: 'When the message was queued.' })
  created!: Date;

  @DateTimeField({
    readOnly: true,
    nullable: true,
    description: 'When the mail was sent, captured, failed or discarded.',
  })
  finished!: Date | null;

  @UuidField({
    readOnly: true,
    nullable: true,
    description: 'Named transport of a mail that belongs to no stage, such as its test mail; null for all others.',
  })
  transport!: string | null;
}

class MailMessageDetailFields extends MailMessageFields {
  @ObjectField(DeliveryAttemptDto, { isArray: true, description: 'Delivery attempts in order.' })
  timeline!: DeliveryAttemptDto[];

  @ObjectField(MailFeedbackDto, {
    isArray: true,
    description: 'Bounces and complaints that the provider reported after the mail was sent.',
  })
  feedback!: MailFeedbackDto[];
}

/** A mail with its delivery state, without its content. */
export class MailMessageDto extends ResponseOf(MailMessageFields) {}

/** A mail with its delivery attempts. */
export class MailMessageDetailDto extends ResponseOf(MailMessageDetailFields) {}
