import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { EmailTemplates } from '../../mail/email-templates.js';
import { canReceive, localeField } from '../../mail/mail-fields.js';
import { defaultSubjects } from '../../mail/rendering/subject.js';
import { ProofSources } from '../../proofs/proof-sources.js';
import { noSuchRow } from '../../rest/fields/coercions.js';
import { RequestOf, ResponseOf } from '../../rest/fields/derived.js';
import { parseDuration } from '../../rest/fields/duration.js';
import type { RuleContext } from '../../rest/fields/field.js';
import {
  ChoiceField,
  DateTimeField,
  DictionaryField,
  DurationField,
  EmailField,
  IntegerField,
  IntegerKeyField,
  TextField,
  UuidField,
} from '../../rest/fields/fields.js';
import { ipProblem } from '../client-ip.js';
import { redirectProblem } from '../redirect-url.js';
import { addressTemplate, verificationTemplate } from '../verification-mail.service.js';
import {
  type ProofKind,
  proofKinds,
  type VerificationMethod,
  verificationMethods,
  type VerificationState,
  verificationStates,
} from '../verification-states.js';

/** Limits of `expires_in` in seconds. */
const lifetime = { least: 60, most: 7 * 86_400 };

/** Bytes that `data` can have as JSON. */
const maxData = 4096;

const clientIp = {
  maxLength: 45,
  writeOnly: true,
  checks: [ipProblem],
  description:
    'IP address of your visitor. With it the limits for one client network apply to the visitor too; without it they do ' +
    'not apply, because all of your requests come from your server.',
  example: '192.0.2.7',
};

/** Where a link leads in the end. */
export const redirectField = {
  nullable: true,
  maxLength: 2000,
  description:
    'Where the link leads in the end, with `verification` and `token` in the query. Its origin must be in ' +
    'ALLOWED_REDIRECTS. Null: a page of this service says that the address is verified.',
  example: 'https://app.example.com/verified',
  rules: [isAllowedRedirect],
};

/** The fields of a verification. */
class VerificationFields {
  @UuidField({ readOnly: true, description: 'UUID of the verification.' })
  pk!: string;

  @ChoiceField('VerificationStatusEnum', verificationStates, {
    readOnly: true,
    description:
      '`pending`: waits for the reader. `approved`: the address is verified. `failed`: the mail was refused or bounced. ' +
      '`max_attempts`: too many wrong codes.',
  })
  status!: VerificationState;

  @EmailField({ required: true, description: 'Address to verify.', example: 'jane@example.org', rules: [canReceive] })
  email!: string;

  @ChoiceField('VerificationMethodEnum', verificationMethods, {
    description: 'What the mail contains; default: `both`.',
    example: 'both',
  })
  method!: VerificationMethod;

  @UuidField({
    nullable: true,
    description:
      'Email stage whose sender, server, custom template, subject, expiry and limits apply; null: the global settings.',
    rules: [mailsProofs],
  })
  stage!: string | null;

  @TextField({
    description: `\`${verificationTemplate}\`, \`${addressTemplate}\` (default with \`user\`) or a custom template; default: that of the stage, if it has a custom one.`,
    example: verificationTemplate,
    rules: [templateFits],
  })
  template!: string;

  @TextField(localeField)
  locale!: string;

  @TextField(redirectField)
  redirect_url!: string | null;

  @DurationField({
    writeOnly: true,
    description:
      'How long the address can be verified, from `minutes=1` to `days=7`; default: the expiry of the stage, or ' +
      '30 minutes. A code ends after 10 minutes at the latest; a resend has a new one.',
    example: 'minutes=30',
    rules: [isReasonable],
  })
  expires_in?: string;

  @DictionaryField({
    description: 'Any JSON object of at most 4 kB, which is kept and returned, and shown to no reader.',
    rules: [isSmall],
  })
  data!: Record<string, unknown>;

  @TextField({
    allowBlank: true,
    maxLength: 255,
    description: 'Your own key, such as that of a user. It is also in the token.',
    example: 'user-4711',
  })
  external_id!: string;

  @TextField(clientIp)
  client_ip?: string;

  @UuidField({
    readOnly: true,
    description: 'Key of the last mail, whose delivery is at `/mail/messages/{message_uuid}/`.',
  })
  message!: string;

  @IntegerField({ readOnly: true, computed: true, description: 'Number of mails.', example: 1 })
  mails!: number;

  @IntegerField({ readOnly: true, computed: true, description: 'Number of wrong codes.', example: 0 })
  attempts!: number;

  @IntegerField({ readOnly: true, computed: true, description: 'Wrong codes that are left.', example: 5 })
  attempts_left!: number;

  @IntegerKeyField({ readOnly: true, description: 'User who created the verification.', example: 7 })
  created_by!: number;

  @DateTimeField({ readOnly: true, description: 'When the verification was created.' })
  created!: Date;

  @DateTimeField({ readOnly: true, description: 'Until when the address can be verified.' })
  expires!: Date;

  @DateTimeField({ readOnly: true, nullable: true, description: 'When the address was verified.' })
  approved_at!: Date | null;

  @ChoiceField('VerificationProofEnum', proofKinds, {
    readOnly: true,
    nullable: true,
    description: 'What verified the address.',
  })
  approved_by!: ProofKind | null;

  @IntegerKeyField({
    nullable: true,
    description:
      'Key of the user whose address it is: the approval also verifies the address of that user, if they still have it. Takes ' +
      'the permission to change the user.',
    example: null,
  })
  user!: number | null;

  @TextField({
    readOnly: true,
    description: 'Why the mail has failed: what its server or provider has reported. Empty in every other state.',
    example: '',
  })
  reason!: string;
}

/** A verification. */
export class VerificationDto extends ResponseOf(VerificationFields) {}

/** A verification to start. */
export class VerificationRequestDto extends RequestOf(VerificationFields) {}

/** The same with the fields that a request can leave out. */
export type NewVerification = Pick<VerificationRequestDto, 'email'> & Partial<VerificationRequestDto>;

class VerificationCheckRequestFields {
  @TextField({ required: true, description: 'The code that the visitor entered.', example: '482913' })
  code!: string;

  @TextField(clientIp)
  client_ip?: string;
}

/** A code to check. */
export class VerificationCheckRequestDto extends RequestOf(VerificationCheckRequestFields) {}

/** Why a code was not accepted. */
@ApiSchema({ description: 'Why a code was not accepted.' })
export class VerificationCheckErrorDto {
  @ApiPropertyOptional({ type: [String], description: 'Errors of the code.' })
  code?: string[];
  @ApiPropertyOptional({ type: [String], description: 'Errors of the client address.' })
  client_ip?: string[];
  @ApiPropertyOptional({ type: [String], description: 'Errors that concern no single field.' })
  non_field_errors?: string[];
  @ApiPropertyOptional({ type: 'integer', description: 'Wrong codes that are left.', example: 4 })
  attempts_left?: number;
  @ApiPropertyOptional({ enum: verificationStates, enumName: 'VerificationStatusEnum', description: 'State.' })
  status?: VerificationState;
}

/** A resend has no field but the address of the visitor. */
class VerificationResendRequestFields {
  @TextField(clientIp)
  client_ip?: string;
}

/** A mail to send again. */
export class VerificationResendRequestDto extends RequestOf(VerificationResendRequestFields) {}

async function mailsProofs(pk: string, { resolve }: RuleContext, raw: unknown): Promise<string[] | undefined> {
  return (await resolve(ProofSources).find(pk)) === undefined ? [noSuchRow(raw)] : undefined;
}

/** Other shipped templates are about an account. */
async function templateFits(path: string, { resolve, manager }: RuleContext): Promise<string[] | undefined> {
  if (path === verificationTemplate || path === addressTemplate) return undefined;
  const isCustom = !Object.hasOwn(defaultSubjects, path) && (await resolve(EmailTemplates).has(path, manager));
  return isCustom ? undefined : [`Invalid template '${path}' specified.`];
}

function isAllowedRedirect(address: string, { resolve }: RuleContext): Promise<string[] | undefined> {
  const problem = redirectProblem(address, resolve<Settings>(SETTINGS as never).allowedRedirects);
  return Promise.resolve(problem === undefined ? undefined : [problem]);
}

function isReasonable(duration: string): Promise<string[] | undefined> {
  const seconds = parseDuration(duration) ?? 0;
  const fits = seconds >= lifetime.least && seconds <= lifetime.most;
  return Promise.resolve(fits ? undefined : ['Enter a duration from minutes=1 to days=7.']);
}

function isSmall(data: Record<string, unknown>): Promise<string[] | undefined> {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  return Promise.resolve(bytes <= maxData ? undefined : [`Ensure this object has at most ${maxData} bytes as JSON.`]);
}
