import { lintCodes, lintSeverities, type LintCode } from '../../../mail/lint/template-lint.js';
import { localeField } from '../../../mail/mail-fields.js';
import { templateNameField, templateSourceField } from '../../../mail/stored-templates/dto/mail-template.dto.js';
import { RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import {
  ChoiceField,
  DictionaryField,
  IntegerField,
  ObjectField,
  TextField,
  TextListField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { EmailStage } from '../email-stage.entity.js';
import { isMailData } from './email-stage-mail.dto.js';

class TemplateSampleFields {
  @TextField({ ...templateNameField, required: true, description: 'Path of the template, which need not be saved.' })
  name!: string;

  @TextField({
    ...templateSourceField,
    description: 'Source of the HTML part; default: the template that mails use under the name.',
    example: '<p>Welcome, {{ user.name }}</p>',
  })
  html?: string;

  @TextField({
    ...templateSourceField,
    allowBlank: true,
    description: 'Source of the text part, with `html`; empty: it is made from the HTML.',
    example: 'Welcome, {{ user.name }}',
  })
  text?: string;

  @UuidField({
    nullable: true,
    rules: [exists(() => EmailStage)],
    description: 'Email stage with the sender, the subject and the validity of the link; default: the global settings.',
    example: null,
  })
  stage?: string | null;

  @TextField(localeField)
  locale?: string;

  @DictionaryField({
    description: 'Values that replace the examples, such as `url`, `code`, `user` and `expires`.',
    rules: [isMailData],
  })
  data?: Record<string, unknown>;
}

/** A template to preview: saved, or not saved yet. */
export class MailTemplatePreviewRequestDto extends RequestOf(TemplateSampleFields) {}

/** A template to send to the caller. */
export class MailTemplateSendRequestDto extends RequestOf(TemplateSampleFields) {}

class TemplateProblemFields {
  @TextField({
    readOnly: true,
    description: 'Template with the error, which may be one that it includes.',
    example: 'email/welcome.html',
  })
  template!: string;

  @IntegerField({ readOnly: true, nullable: true, computed: true, description: 'Line, from 1.', example: 3 })
  line!: number | null;

  @IntegerField({ readOnly: true, nullable: true, computed: true, description: 'Column, from 1.', example: 12 })
  column!: number | null;

  @TextField({ readOnly: true, description: 'What is wrong.', example: 'tag "nonsense" not found' })
  message!: string;
}

/** Why a template cannot be rendered. */
export class MailTemplateProblemDto extends ResponseOf(TemplateProblemFields) {}

class TemplateHeaderFields {
  @TextField({ readOnly: true, description: 'Name of the header field.', example: 'Subject' })
  name!: string;

  @TextField({ readOnly: true, description: 'Its value.', example: 'Verify your address' })
  value!: string;
}

/** A header field of a mail. */
export class MailTemplateHeaderDto extends ResponseOf(TemplateHeaderFields) {}

class TemplateImageFields {
  @TextField({ readOnly: true, description: 'Content-ID, as in `cid:logo`.', example: 'logo' })
  cid!: string;

  @TextField({
    readOnly: true,
    description: 'The image as a `data:` URL.',
    example: 'data:image/png;base64,iVBORw0KGgo=',
  })
  url!: string;
}

/** An image that is part of a mail. */
export class MailTemplateImageDto extends ResponseOf(TemplateImageFields) {}

class TemplateFindingFields {
  @ChoiceField('MailTemplateFindingCodeEnum', lintCodes, { readOnly: true, description: 'What the finding is about.' })
  code!: LintCode;

  @ChoiceField('MailTemplateFindingSeverityEnum', lintSeverities, { readOnly: true, description: 'How grave it is.' })
  severity!: (typeof lintSeverities)[number];

  @TextField({
    readOnly: true,
    description: 'The finding in words.',
    example: 'display:flex is not supported by Outlook.',
  })
  message!: string;

  @TextField({
    readOnly: true,
    description: 'Feature that is not supported; otherwise empty.',
    example: 'display:flex',
  })
  feature!: string;

  @TextListField({
    readOnly: true,
    description: 'Mail programs that do not support it, of at least one system, by the data of caniemail.com.',
  })
  programs!: string[];

  @IntegerField({
    readOnly: true,
    nullable: true,
    computed: true,
    description: 'Line of the HTML source, from 1.',
    example: 3,
  })
  line!: number | null;
}

/** Something that the author of a template may want to change. */
export class MailTemplateFindingDto extends ResponseOf(TemplateFindingFields) {}

class TemplatePreviewFields {
  @ObjectField(MailTemplateProblemDto, { nullable: true, description: 'Why it cannot be rendered; null if it can.' })
  problem!: MailTemplateProblemDto | null;

  @TextField({ readOnly: true, description: 'Rendered subject.', example: 'Verify your address' })
  subject!: string;

  @TextField({ readOnly: true, description: 'Rendered HTML.', example: '<p>Welcome, Jane</p>' })
  html!: string;

  @TextField({ readOnly: true, description: 'Rendered plain text.', example: 'Welcome, Jane' })
  text!: string;

  @TextField({ readOnly: true, description: 'Language of the mail.', example: 'de' })
  locale!: string;

  @ObjectField(MailTemplateHeaderDto, { isArray: true, description: 'Header fields, without those of MIME parts.' })
  headers!: MailTemplateHeaderDto[];

  @ObjectField(MailTemplateImageDto, { isArray: true, description: 'Images that are part of the mail.' })
  images!: MailTemplateImageDto[];

  @IntegerField({ readOnly: true, computed: true, description: 'Bytes of the whole mail.', example: 12345 })
  size!: number;

  @IntegerField({ readOnly: true, computed: true, description: 'Bytes of the HTML.', example: 8192 })
  html_size!: number;

  @ObjectField(MailTemplateFindingDto, {
    isArray: true,
    description: 'What its author may want to change, warnings first.',
  })
  findings!: MailTemplateFindingDto[];
}

/** A rendered template. */
export class MailTemplatePreviewDto extends ResponseOf(TemplatePreviewFields) {}
