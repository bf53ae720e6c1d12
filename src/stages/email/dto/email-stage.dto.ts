import { StageFields } from '../../../flows/dto/stage.dto.js';
import { EmailTemplates } from '../../../mail/email-templates.js';
import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import { BooleanField, DurationField, EmailField, IntegerField, TextField } from '../../../rest/fields/fields.js';

/** The fields of an email stage (management API, section 4.1). */
class EmailStageFields extends StageFields {
  @BooleanField({
    description: "Use the service's own mail server and sender; the connection settings of the stage have no effect.",
    example: false,
  })
  use_global_settings!: boolean;

  @TextField({ example: 'smtp.example.org' })
  host!: string;

  @IntegerField({ example: 587 })
  port!: number;

  @TextField({ allowBlank: true })
  username!: string;

  @TextField({
    allowBlank: true,
    writeOnly: true,
    description:
      'A change of `host`, `port` or `username`, or one that gives up TLS, removes the stored password unless it comes ' +
      'in the same request.',
  })
  password?: string;

  @BooleanField({ readOnly: true, description: 'Whether a password is stored.' })
  password_set!: boolean;

  @BooleanField({ example: true })
  use_tls!: boolean;

  @BooleanField({ example: false })
  use_ssl!: boolean;

  @IntegerField({ example: 10 })
  timeout!: number;

  @EmailField({ example: 'noreply@example.org' })
  from_address!: string;

  @IntegerField({ description: 'How long the link in the mail is valid, in minutes.', example: 30 })
  token_expiry!: number;

  @TextField({ example: 'Verify your address' })
  subject!: string;

  @TextField({ example: 'email/account_confirmation.html', rules: [isKnownTemplate] })
  template!: string;

  @BooleanField({ description: 'Activate users who wait for confirmation when they pass the stage.' })
  activate_user_on_success!: boolean;

  @IntegerField({
    minimum: 0,
    description:
      'How many mails a recipient can have sent within `recovery_cache_timeout`, the first one included; that one is ' +
      'always sent.',
    example: 5,
  })
  recovery_max_attempts!: number;

  @DurationField({ example: 'minutes=5' })
  recovery_cache_timeout!: string;
}

/** An email stage. */
export class EmailStageDto extends AnswerOf(EmailStageFields) {}

/** An email stage to create or to replace with. */
export class EmailStageRequestDto extends RequestOf(EmailStageFields) {}

/** Changes to an email stage. */
export class PatchedEmailStageRequestDto extends PatchOf(EmailStageRequestDto) {}

async function isKnownTemplate(path: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  return (await resolve(EmailTemplates).has(path)) ? undefined : [`Invalid template '${path}' specified.`];
}
