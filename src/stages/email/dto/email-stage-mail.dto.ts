import { EmailTemplates } from '../../../mail/email-templates.js';
import { defaultSubjects } from '../../../mail/rendering/subject.js';
import { AnswerOf, RequestOf } from '../../../rest/fields/derived.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import {
  BooleanField,
  DictionaryField,
  EmailField,
  IntegerField,
  ObjectField,
  TextField,
  TextListField,
  UuidField,
} from '../../../rest/fields/fields.js';

const locale = {
  maxLength: 35,
  description: 'Language of the mail, such as `de` or `zh-Hans`; English if not given.',
  checks: [(value: string) => (isLocale(value) ? undefined : 'Enter a language tag, such as de or zh-Hans.')],
};

class EmailStageTestFields {
  @EmailField({ required: true, description: 'Where to send it.' })
  to!: string;

  @TextField({ description: 'A template, shipped or your own; `email/setup.html` if not given.', rules: [isTemplate] })
  template?: string;

  @TextField(locale)
  locale?: string;
}

/** A test mail to send. */
export class EmailStageTestRequestDto extends RequestOf(EmailStageTestFields) {}

class EmailStageTestAnswerFields {
  @UuidField({
    readOnly: true,
    description: 'Key of the mail: `/mail/messages/{message_uuid}/` tells what became of it.',
  })
  message!: string;
}

/** A test mail that will be sent. */
export class EmailStageTestDto extends AnswerOf(EmailStageTestAnswerFields) {}

class EmailStageCheckStepFields {
  @TextField({ readOnly: true })
  name!: string;

  @BooleanField({ readOnly: true })
  ok!: boolean;

  @IntegerField({ readOnly: true, computed: true })
  milliseconds!: number;

  @TextField({ readOnly: true })
  detail!: string;
}

/** One step of a check: connecting, the greeting, TLS, the login. */
export class EmailStageCheckStepDto extends AnswerOf(EmailStageCheckStepFields) {}

class EmailStageCheckFields {
  @BooleanField({ readOnly: true, description: 'Whether a mail could be handed over to a mail server now.' })
  ok!: boolean;

  @TextField({ readOnly: true, description: 'What was found, in words, and what to do about it.' })
  verdict!: string;

  @ObjectField(EmailStageCheckStepDto, { isArray: true })
  steps!: EmailStageCheckStepDto[];

  @TextListField({ readOnly: true, description: 'What was said: `C:` by us, `S:` by the server. Without secrets.' })
  transcript!: string[];
}

/** How the mail server of a stage was found to be. */
export class EmailStageCheckDto extends AnswerOf(EmailStageCheckFields) {}

class EmailTemplatePreviewRequestFields {
  @TextField({ required: true, rules: [isTemplate] })
  template!: string;

  @TextField({ allowBlank: true, maxLength: 998, description: "The template's own if not given." })
  subject?: string;

  @TextField(locale)
  locale?: string;

  @DictionaryField({
    description: 'Values in place of the examples: `url`, `code`, `user`, `expires` and so on.',
    rules: [isMailData],
  })
  data?: Record<string, unknown>;
}

/** A template to fill with examples, or with your own values. */
export class EmailTemplatePreviewRequestDto extends RequestOf(EmailTemplatePreviewRequestFields) {}

class EmailTemplatePreviewFields {
  @TextField({ readOnly: true })
  subject!: string;

  @TextField({ readOnly: true, description: 'Empty for a mail of plain text. Pictures are `cid:` addresses.' })
  html!: string;

  @TextField({ readOnly: true })
  text!: string;

  @TextListField({ readOnly: true, description: 'What the author of the template should know.' })
  warnings!: string[];
}

/** A filled template. */
export class EmailTemplatePreviewDto extends AnswerOf(EmailTemplatePreviewFields) {}

async function isTemplate(path: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  const isKnown = Object.hasOwn(defaultSubjects, path) || (await resolve(EmailTemplates).has(path));
  return isKnown ? undefined : [`Invalid template '${path}' specified.`];
}

const isText = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What kind of value each of those is that templates read. */
const kinds = [
  { names: ['url', 'code', 'expires', 'title', 'body', 'host'], is: isText, message: 'must be text.' },
  { names: ['user', 'source', 'key_value'], is: isObject, message: 'must be an object.' },
];

function isMailData(data: Record<string, unknown>): Promise<string[] | undefined> {
  const messages = kinds.flatMap(({ names, is, message }) =>
    names.filter((name) => data[name] !== undefined && !is(data[name])).map((name) => `${name} ${message}`),
  );
  return Promise.resolve(messages.length > 0 ? messages : undefined);
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-')).length === 1;
  } catch {
    return false;
  }
}
