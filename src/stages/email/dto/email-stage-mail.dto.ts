import { localeField, templateExists } from '../../../mail/mail-fields.js';
import { TransportCheckFields, TransportCheckStepFields } from '../../../mail/transports/dto/transport-check.dto.js';
import { TransportTestFields, TransportTestResultFields } from '../../../mail/transports/dto/transport-test.dto.js';
import { ResponseOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField, DictionaryField, ObjectField, TextField, TextListField } from '../../../rest/fields/fields.js';

/** A test mail to send. */
export class EmailStageTestRequestDto extends RequestOf(TransportTestFields) {}

/** A queued test mail. */
export class EmailStageTestDto extends ResponseOf(TransportTestResultFields) {}

/** One step of a check: connection, greeting, TLS or login. */
export class EmailStageCheckStepDto extends ResponseOf(TransportCheckStepFields) {}

class EmailStageCheckFields extends TransportCheckFields {
  @BooleanField({ readOnly: true, description: 'Whether the server would accept a mail now.' })
  override ok!: boolean;

  @ObjectField(EmailStageCheckStepDto, { isArray: true, description: 'Steps of the check, in order.' })
  override steps!: EmailStageCheckStepDto[];
}

/** The result of checking a stage's mail server. */
export class EmailStageCheckDto extends ResponseOf(EmailStageCheckFields) {}

class EmailTemplatePreviewRequestFields {
  @TextField({
    required: true,
    rules: [templateExists],
    description: 'Template to render.',
    example: 'email/account_confirmation.html',
  })
  template!: string;

  @TextField({
    allowBlank: true,
    maxLength: 998,
    description: 'Default: the subject of the template.',
    example: 'Verify your address',
  })
  subject?: string;

  @TextField(localeField)
  locale?: string;

  @DictionaryField({
    description: 'Values that replace the examples, such as `url`, `code`, `user` and `expires`.',
    rules: [isMailData],
  })
  data?: Record<string, unknown>;
}

/** A template to preview, with example values or your own. */
export class EmailTemplatePreviewRequestDto extends RequestOf(EmailTemplatePreviewRequestFields) {}

class EmailTemplatePreviewFields {
  @TextField({ readOnly: true, description: 'Rendered subject.', example: 'Verify your address' })
  subject!: string;

  @TextField({
    readOnly: true,
    description: 'Empty for a plain-text mail. Images are `cid:` URLs.',
    example: '<p>Confirm your email address</p>',
  })
  html!: string;

  @TextField({ readOnly: true, description: 'Rendered plain text.', example: 'Confirm your email address' })
  text!: string;

  @TextListField({ readOnly: true, description: 'Warnings for the author of the template.' })
  warnings!: string[];
}

/** A rendered template. */
export class EmailTemplatePreviewDto extends ResponseOf(EmailTemplatePreviewFields) {}

const isText = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Types of the values that templates read. */
const kinds = [
  { names: ['url', 'code', 'expires', 'title', 'body', 'host'], is: isText, message: 'must be text.' },
  { names: ['user', 'source', 'key_value'], is: isObject, message: 'must be an object.' },
];

/** Rule: templates can read the values. */
export function isMailData(data: Record<string, unknown>): Promise<string[] | undefined> {
  const messages = kinds.flatMap(({ names, is, message }) =>
    names.filter((name) => data[name] !== undefined && !is(data[name])).map((name) => `${name} ${message}`),
  );
  return Promise.resolve(messages.length > 0 ? messages : undefined);
}
