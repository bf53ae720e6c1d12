import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { PatchOf, RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import { DateTimeField, EmailField, ObjectField, TextField, UuidField } from '../../../rest/fields/fields.js';
import { unique } from '../../../rest/fields/rules.js';
import { addressProblem } from '../../../syntax/email-address.js';
import { NamedTransport } from '../named-transport.entity.js';
import { TransportUrls } from '../transport-urls.js';

const nameTaken = 'mail transport with this name already exists.';
describeConstraint('uq_named_transport_name', 'name', nameTaken);

class TransportServerFields {
  @TextField({ readOnly: true, description: 'Kind of the transport, as in delivery attempts.', example: 'http/resend' })
  provider!: string;

  @TextField({ readOnly: true, description: 'Host and port.', example: 'api.resend.com:443' })
  server!: string;
}

/** A server that a transport sends to. */
export class TransportServerDto extends ResponseOf(TransportServerFields) {}

class NamedTransportFields {
  @UuidField({ readOnly: true, description: 'UUID of the transport.' })
  pk!: string;

  @TextField({
    required: true,
    maxLength: 200,
    description: 'Name of the transport.',
    example: 'Library mail',
    rules: [unique(() => NamedTransport, 'name', nameTaken)],
  })
  name!: string;

  @TextField({
    required: true,
    maxLength: 20_000,
    description:
      'How mails are sent, as `EMAIL_URL` describes it, without `key_file` (write the key as `key`, in base64) and `mailbox://`. Its secrets are never ' +
      'shown: responses have `***` in their place. A request may have it too, if it changes nothing else in that URL ' +
      'than `rate` and `concurrency`. Only superusers set it.',
    example: 'smtp://relay.example.org:587?rate=14/s',
    rules: [usable],
  })
  url!: string;

  @EmailField({
    allowBlank: true,
    description: 'Sender of the mails of stages with the default `from_address`; empty: `EMAIL_FROM`.',
    example: 'books@library.example',
    rules: [isSender],
  })
  from_address!: string;

  @ObjectField(TransportServerDto, {
    isArray: true,
    readOnly: true,
    description: 'The servers, in the order in which a mail tries them.',
  })
  servers!: TransportServerDto[];

  @TextField({
    readOnly: true,
    description: 'Why the transport cannot send, such as after a change of `SECRET_KEY`; empty if it can.',
    example: '',
  })
  problem!: string;

  @DateTimeField({ readOnly: true, description: 'When the transport was added.' })
  created!: Date;

  @DateTimeField({ readOnly: true, description: 'When the transport was changed last.' })
  last_updated!: Date;
}

/** A transport that email stages can refer to. */
export class NamedTransportDto extends ResponseOf(NamedTransportFields) {}

/** A transport to add or to replace with. */
@DefaultsOf(NamedTransport)
export class NamedTransportRequestDto extends RequestOf(NamedTransportFields) {}

/** Changes to a transport. */
export class PatchedNamedTransportRequestDto extends PatchOf(NamedTransportRequestDto) {}

function usable(url: string, { current, resolve }: RuleContext): Promise<string[] | undefined> {
  try {
    resolve(TransportUrls).change(url, current as NamedTransport | undefined);
    return Promise.resolve(undefined);
  } catch (error) {
    return Promise.resolve([(error as Error).message]);
  }
}

function isSender(address: string): Promise<string[] | undefined> {
  const problem = address === '' ? undefined : addressProblem('sender', address);
  return Promise.resolve(problem === undefined ? undefined : [problem]);
}
