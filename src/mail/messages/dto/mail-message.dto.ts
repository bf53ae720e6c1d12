import { AnswerOf } from '../../../rest/fields/derived.js';
import {
  ChoiceField,
  DateTimeField,
  IntegerField,
  ObjectField,
  TextField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { type AttemptOutcome, attemptOutcomes } from '../../outbox/delivery-attempt.entity.js';
import { type MessageState, messageStates } from '../../outbox/message-states.js';

class DeliveryAttemptFields {
  @IntegerField({ readOnly: true, computed: true, description: 'From 1.' })
  number!: number;

  @DateTimeField({ readOnly: true, description: 'When the attempt started.' })
  started!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'Null while it lasts.' })
  ended!: Date | null;

  @ChoiceField('DeliveryAttemptOutcomeEnum', attemptOutcomes, {
    readOnly: true,
    nullable: true,
    description:
      'Null while it lasts; `captured`: kept in the local mailbox; `deferred`: tried again later; `interrupted`: the ' +
      'worker ended, and nobody knows whether the server took the mail.',
  })
  outcome!: AttemptOutcome | null;

  @IntegerField({ readOnly: true, computed: true, nullable: true, description: "Code of the server's reply." })
  code!: number | null;

  @TextField({ readOnly: true, description: "Text of the server's reply.", example: '250 2.0.0 OK' })
  reply!: string;

  @TextField({ readOnly: true, description: 'What went wrong, in words.', example: '' })
  reason!: string;

  @TextField({ readOnly: true, description: '`host:port`; empty if there was none.', example: 'smtp.example.org:587' })
  server!: string;

  @TextField({ readOnly: true, nullable: true, description: 'Version of TLS; null for a connection in clear.' })
  tls!: string | null;
}

/** One try to send a mail. */
export class DeliveryAttemptDto extends AnswerOf(DeliveryAttemptFields) {}

class MailMessageFields {
  @UuidField({ readOnly: true, description: 'UUID of the message.' })
  pk!: string;

  @TextField({
    readOnly: true,
    description: '`Message-ID` without its brackets, the same at every try.',
    example: '<7f3c1d52@id.example.org>',
  })
  message_id!: string;

  @ChoiceField('MailMessageStateEnum', messageStates, { readOnly: true, description: 'State of the delivery.' })
  state!: MessageState;

  @UuidField({ readOnly: true, nullable: true, description: 'The stage that sends it; null for the service itself.' })
  stage!: string | null;

  @TextField({ readOnly: true, description: 'Template of the mail.', example: 'email/password_reset.html' })
  template!: string;

  @TextField({ readOnly: true, description: 'As it is set up, before it is translated.', example: 'authentik' })
  subject!: string;

  @TextField({ readOnly: true, description: 'Address of the recipient.', example: 'jane@example.org' })
  recipient!: string;

  @TextField({ readOnly: true, description: 'Display name of the recipient.', example: 'Jane Doe' })
  recipient_name!: string;

  @TextField({ readOnly: true, description: 'Sender.', example: 'noreply@example.org' })
  from_address!: string;

  @TextField({ readOnly: true, description: 'Language of the mail.', example: 'en' })
  locale!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'How often it was tried.' })
  attempts!: number;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When it is tried next.' })
  next_attempt!: Date | null;

  @DateTimeField({ readOnly: true, nullable: true, description: 'From then on it is of no use, and is not sent.' })
  deadline!: Date | null;

  @TextField({ readOnly: true, description: 'Why it was not sent, in words.', example: '' })
  reason!: string;

  @DateTimeField({ readOnly: true, description: 'When the message was queued.' })
  created!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When it was sent, or given up.' })
  finished!: Date | null;
}

class MailMessageDetailFields extends MailMessageFields {
  @ObjectField(DeliveryAttemptDto, { isArray: true, description: 'Every try, the first one first.' })
  timeline!: DeliveryAttemptDto[];
}

/** A mail: what became of it, and never what is in it. */
export class MailMessageDto extends AnswerOf(MailMessageFields) {}

/** A mail with every try to send it. */
export class MailMessageDetailDto extends AnswerOf(MailMessageDetailFields) {}
