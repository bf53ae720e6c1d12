import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { PatchOf, RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import { DateTimeField, IntegerField, TextField, UuidField } from '../../../rest/fields/fields.js';
import { unique } from '../../../rest/fields/rules.js';
import { limits } from '../../../templating/limits.js';
import { TemplateError } from '../../../templating/template-error.js';
import { isTemplateName } from '../../../templating/template-files.js';
import { MailRenderer } from '../../rendering/mail-renderer.js';
import { MailTemplate } from '../mail-template.entity.js';

const nameTaken = 'mail template with this name already exists.';
describeConstraint('uq_mail_template_name', 'name', nameTaken);

/** Options of a field for the name of a template. */
export const templateNameField = {
  maxLength: 255,
  checks: [
    (name: string): string | undefined =>
      isTemplateName(name) && name.endsWith('.html') ? undefined : 'Enter a path such as email/welcome.html.',
  ],
  example: 'email/welcome.html',
};

/** Options of a field for the source of a template. */
export const templateSourceField = {
  verbatim: true,
  checks: [
    (source: string): string | undefined =>
      Buffer.byteLength(source) > limits.template ? `A template has at most ${limits.template} bytes.` : undefined,
  ],
};

class MailTemplateFields {
  @UuidField({ readOnly: true, description: 'UUID of the template.' })
  pk!: string;

  @TextField({
    ...templateNameField,
    required: true,
    description: 'Path of the template, as stages and other templates name it; it ends in `.html`.',
    rules: [unique(() => MailTemplate, 'name', nameTaken)],
  })
  name!: string;

  @TextField({
    ...templateSourceField,
    required: true,
    description: "Source of the HTML part, in Django's template language.",
    example: '{% extends "email/base.html" %}{% block content %}<p>Welcome, {{ user.name }}</p>{% endblock %}',
    rules: [isParsable],
  })
  html!: string;

  @TextField({
    ...templateSourceField,
    allowBlank: true,
    description: 'Source of the text part; empty: it is made from the HTML.',
    example: 'Welcome, {{ user.name }}',
    rules: [isParsable],
  })
  text!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Number of the current version.', example: 3 })
  version!: number;

  @DateTimeField({ readOnly: true, description: 'When the template was added.' })
  created!: Date;

  @DateTimeField({ readOnly: true, description: 'When the template was changed last.' })
  last_updated!: Date;

  @IntegerField({
    writeOnly: true,
    minimum: 1,
    description: 'The version that a change is based on. If another one is stored, the change is refused with 409.',
    example: 1,
  })
  expected_version?: number;
}

/** A mail template in the database. */
export class MailTemplateDto extends ResponseOf(MailTemplateFields) {}

/** A template to add or to replace with. */
export class MailTemplateRequestDto extends RequestOf(MailTemplateFields) {}

/** Changes to a template. */
export class PatchedMailTemplateRequestDto extends PatchOf(MailTemplateRequestDto) {}

class MailTemplateVersionFields {
  @IntegerField({ readOnly: true, computed: true, description: 'Number of the version.', example: 2 })
  version!: number;

  @TextField({ readOnly: true, description: 'Name that the template had.', example: 'email/welcome.html' })
  name!: string;

  @TextField({
    readOnly: true,
    description: 'User name of the one who saved it; empty for the service itself.',
    example: 'akadmin',
  })
  username!: string;

  @DateTimeField({ readOnly: true, description: 'When it was saved.' })
  created!: Date;

  @IntegerField({ readOnly: true, computed: true, description: 'Bytes of both sources.', example: 2048 })
  size!: number;
}

/** A version of a template. */
export class MailTemplateVersionDto extends ResponseOf(MailTemplateVersionFields) {}

class MailTemplateVersionDetailFields extends MailTemplateVersionFields {
  @TextField({ readOnly: true, description: 'Source of the HTML part.', example: '<p>Welcome, {{ user.name }}</p>' })
  html!: string;

  @TextField({ readOnly: true, description: 'Source of the text part.', example: 'Welcome, {{ user.name }}' })
  text!: string;
}

/** A version of a template with its content. */
export class MailTemplateVersionDetailDto extends ResponseOf(MailTemplateVersionDetailFields) {}

class RestoreFields {
  @IntegerField({ required: true, minimum: 1, description: 'The version whose content is restored.', example: 1 })
  version!: number;

  @IntegerField({
    minimum: 1,
    description: 'The version that is current. If another one is stored, the request is refused with 409.',
    example: 2,
  })
  expected_version?: number;
}

/** A version to restore. */
export class MailTemplateRestoreRequestDto extends RequestOf(RestoreFields) {}

/** Rule: the source can be parsed. */
async function isParsable(source: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  try {
    await resolve(MailRenderer).parse('template.html', { html: source, text: '' });
    return undefined;
  } catch (error) {
    if (error instanceof TemplateError) return [placed(error)];
    throw error;
  }
}

function placed({ line, column, reason }: TemplateError): string {
  if (line === undefined) return reason;
  return `Line ${line}${column === undefined ? '' : `, column ${column}`}: ${reason}`;
}
