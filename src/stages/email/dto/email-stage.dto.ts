import { StageFields } from '../../../flows/dto/stage.dto.js';
import { EmailTemplates } from '../../../mail/email-templates.js';
import { subjectProblem } from '../../../mail/rendering/subject.js';
import { NamedTransport } from '../../../mail/transports/named-transport.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import type { FieldRule, RuleContext } from '../../../rest/fields/field.js';
import {
  BooleanField,
  DurationField,
  EmailField,
  IntegerField,
  TextField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { addressProblem } from '../../../syntax/email-address.js';
import { hostProblem, loginProblem } from '../../../syntax/mail-host.js';

describeConstraint('fk_stage_transport', 'transport', 'The transport has just been deleted.');

/** The fields of an email stage. */
class EmailStageFields extends StageFields {
  @BooleanField({
    description: "Use the service's own mail server and sender; the connection settings of the stage have no effect.",
    example: false,
  })
  use_global_settings!: boolean;

  @TextField({ example: 'smtp.example.org', description: 'Mail server.', rules: [sendable(hostProblem)] })
  host!: string;

  @IntegerField({ example: 587, description: 'Port of the mail server.' })
  port!: number;

  @TextField({
    allowBlank: true,
    description: 'User name at the mail server; empty: no login.',
    example: '',
    rules: [sendable((username) => loginProblem('username', username))],
  })
  username!: string;

  @TextField({
    allowBlank: true,
    writeOnly: true,
    description:
      'Changing `host`, `port` or `username`, or disabling TLS, removes the stored password unless the request sets one.',
    example: 'a long sentence of mine',
    rules: [sendable((password) => loginProblem('password', password))],
  })
  password?: string;

  @BooleanField({ readOnly: true, description: 'Whether a password is stored.' })
  password_set!: boolean;

  @BooleanField({ example: true, description: 'Require STARTTLS.' })
  use_tls!: boolean;

  @BooleanField({ example: false, description: 'Use TLS from the first byte.' })
  use_ssl!: boolean;

  @IntegerField({ example: 10, description: 'Seconds to wait for the mail server.' })
  timeout!: number;

  @EmailField({
    example: 'noreply@example.org',
    description: 'Sender of the mails. The default stands for the sender of the service (`EMAIL_FROM`).',
    rules: [sendable((address) => addressProblem('sender', address))],
  })
  from_address!: string;

  @IntegerField({ isMinutes: true, description: 'Validity of the link in the mail, in minutes.', example: 30 })
  token_expiry!: number;

  @TextField({
    example: 'Verify your address',
    description:
      'Subject of the mails. The default stands for the subject of the template, with the name of the service.',
    rules: [sendable(subjectProblem)],
  })
  subject!: string;

  @TextField({
    example: 'email/account_confirmation.html',
    rules: [templateExists],
    description: 'Template of the mails. In enrollment flows the default stands for `email/account_confirmation.html`.',
  })
  template!: string;

  @BooleanField({ description: 'Activate users who await confirmation when they pass the stage.' })
  activate_user_on_success!: boolean;

  @IntegerField({
    minimum: 0,
    description:
      'Maximum number of mails per recipient within `recovery_cache_timeout`, including the first one, which is always ' +
      'sent.',
    example: 5,
  })
  recovery_max_attempts!: number;

  @DurationField({ example: 'minutes=5', description: 'Period that `recovery_max_attempts` applies to.' })
  recovery_cache_timeout!: string;

  @UuidField({
    nullable: true,
    isAddition: true,
    description:
      'Transport of the mails (`/mail/transports/`), in place of the mail server of the stage or of the service; null: ' +
      'none. Only superusers set it.',
    rules: [exists(() => NamedTransport)],
  })
  transport!: string | null;
}

/** An email stage. */
export class EmailStageDto extends ResponseOf(EmailStageFields) {}

/** An email stage to create or to replace with. */
export class EmailStageRequestDto extends RequestOf(EmailStageFields) {}

/** Changes to an email stage. */
export class PatchedEmailStageRequestDto extends PatchOf(EmailStageRequestDto) {}

/** Returns a rule that refuses a value with which no mail can be sent. */
function sendable(problemOf: (value: string) => string | undefined): FieldRule {
  return (value: string) => {
    const problem = problemOf(value);
    return Promise.resolve(problem === undefined ? undefined : [problem]);
  };
}

async function templateExists(path: string, { resolve, manager }: RuleContext): Promise<string[] | undefined> {
  return (await resolve(EmailTemplates).has(path, manager)) ? undefined : [unknownTemplate(path)];
}

/** Returns the message about a template that does not exist. */
export function unknownTemplate(path: string): string {
  return `Invalid template '${path}' specified.`;
}
