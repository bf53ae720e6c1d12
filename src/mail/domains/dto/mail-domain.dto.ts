import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { PatchOf, RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import {
  BooleanField,
  ChoiceField,
  DateTimeField,
  ObjectField,
  TextField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { unique } from '../../../rest/fields/rules.js';
import { findingChecks, findingLevels } from '../check/finding.js';
import { dkimAlgorithms, dkimKeyStates } from '../dkim-key.entity.js';
import { domainNameProblem } from '../domain-name.js';
import { MailDomain } from '../mail-domain.entity.js';

const nameTaken = 'mail domain with this name already exists.';
describeConstraint('uq_mail_domain_name', 'name', nameTaken);

class DnsRecordFields {
  @TextField({
    readOnly: true,
    description: 'Name of the record.',
    example: 'es-3f9c1a-rsa._domainkey.library.example',
  })
  name!: string;

  @TextField({ readOnly: true, description: 'Type of the record.', example: 'TXT' })
  type!: string;

  @TextField({ readOnly: true, description: 'The whole text of the record.', example: 'v=DKIM1; k=rsa; p=MIIBIjANBg…' })
  value!: string;

  @TextField({
    readOnly: true,
    description: 'Line of a zone file, with the text in strings of at most 255 characters.',
    example: 'es-3f9c1a-rsa._domainkey.library.example. IN TXT "v=DKIM1; k=rsa; p=MIIBIjANBg…"',
  })
  zone_line!: string;
}

/** A DNS record to publish. */
export class DnsRecordDto extends ResponseOf(DnsRecordFields) {}

class DkimKeyFields {
  @TextField({ readOnly: true, description: 'Selector of the key.', example: 'es-3f9c1a-rsa' })
  selector!: string;

  @ChoiceField('DkimAlgorithmEnum', dkimAlgorithms, { readOnly: true, description: 'Algorithm of the key.' })
  algorithm!: string;

  @ChoiceField('DkimKeyStateEnum', dkimKeyStates, {
    readOnly: true,
    description:
      '`pending`: publish its record, then activate it; `active`: signs; `retired`: signs no more, keep its record until ' +
      'mails have arrived.',
  })
  state!: string;

  @ObjectField(DnsRecordDto, { readOnly: true, description: 'The record with the public key.' })
  record!: DnsRecordDto;

  @DateTimeField({ readOnly: true, description: 'When the key was made.' })
  created!: Date;
}

/** A key that signs the mails of a domain. The private key is never shown. */
export class DkimKeyDto extends ResponseOf(DkimKeyFields) {}

class MailDomainFields {
  @UuidField({ readOnly: true, description: 'UUID of the domain.' })
  pk!: string;

  @TextField({
    required: true,
    maxLength: 253,
    description:
      'Name of the domain, in ASCII; mails from its subdomains are signed for it too, unless they have keys.',
    example: 'library.example',
    checks: [domainNameProblem],
    rules: [unique(() => MailDomain, 'name', nameTaken), keepsItsKeys],
  })
  name!: string;

  @BooleanField({ default: true, description: 'Sign mails from the domain with its active keys.' })
  signing!: boolean;

  @ObjectField(DkimKeyDto, { isArray: true, readOnly: true, description: 'Keys of the domain, the newest first.' })
  keys!: DkimKeyDto[];

  @DateTimeField({ readOnly: true, description: 'When the domain was added.' })
  created!: Date;

  @DateTimeField({ readOnly: true, description: 'When the domain was changed last.' })
  last_updated!: Date;
}

/** A domain whose mails are signed. */
export class MailDomainDto extends ResponseOf(MailDomainFields) {}

/** A domain to add or to replace with. */
@DefaultsOf(MailDomain)
export class MailDomainRequestDto extends RequestOf(MailDomainFields) {}

/** Changes to a domain. */
export class PatchedMailDomainRequestDto extends PatchOf(MailDomainRequestDto) {}

class MailDomainActivateFields {
  @BooleanField({ description: 'Activate the keys although no name server shows their records.' })
  force?: boolean;
}

/** Options of an activation. */
export class MailDomainActivateRequestDto extends RequestOf(MailDomainActivateFields) {}

class SenderFindingFields {
  @ChoiceField('SenderFindingCheckEnum', findingChecks, { readOnly: true, description: 'What was checked.' })
  check!: string;

  @ChoiceField('SenderFindingLevelEnum', findingLevels, {
    readOnly: true,
    description: '`error`: receivers reject mails or treat them as spam; `unknown`: no name server has answered.',
  })
  level!: string;

  @TextField({
    readOnly: true,
    description: 'What is the case, and what to do.',
    example: 'library.example has no SPF record: publish the TXT record "v=spf1 include:amazonses.com ~all".',
  })
  message!: string;
}

/** One result of a check of a sender's domain. */
export class SenderFindingDto extends ResponseOf(SenderFindingFields) {}

class MailDomainCheckFields {
  @BooleanField({ readOnly: true, description: 'Whether nothing was found that makes receivers reject mails.' })
  ok!: boolean;

  @ObjectField(SenderFindingDto, { isArray: true, readOnly: true, description: 'What was found.' })
  findings!: SenderFindingDto[];
}

/** What receivers will think of mails from a domain. */
export class MailDomainCheckDto extends ResponseOf(MailDomainCheckFields) {}

/** Keys belong to a name: another name needs other keys. */
function keepsItsKeys(name: string, { current }: { current: object | undefined }): Promise<string[] | undefined> {
  const isOther = current !== undefined && (current as MailDomain).name !== name;
  return Promise.resolve(isOther ? ['The name of a domain cannot be changed: add another domain.'] : undefined);
}
