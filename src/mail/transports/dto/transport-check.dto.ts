import { ResponseOf } from '../../../rest/fields/derived.js';
import { BooleanField, IntegerField, ObjectField, TextField, TextListField } from '../../../rest/fields/fields.js';
import { SenderFindingDto } from '../../domains/dto/mail-domain.dto.js';

/** The fields of a step of a check. */
export class TransportCheckStepFields {
  @TextField({ readOnly: true, description: 'Step of the check.', example: 'connect' })
  name!: string;

  @BooleanField({ readOnly: true, description: 'Whether the step succeeded.', example: true })
  ok!: boolean;

  @IntegerField({ readOnly: true, computed: true, description: 'Duration of the step.', example: 12 })
  milliseconds!: number;

  @TextField({
    readOnly: true,
    description: 'Result of the step.',
    example: 'TLSv1.3, certificate of smtp.example.org',
  })
  detail!: string;
}

/** One step of a check: connection, greeting, TLS, login or request. */
export class NamedTransportCheckStepDto extends ResponseOf(TransportCheckStepFields) {}

/** The fields of a check, with the steps of a named transport. */
export class TransportCheckFields {
  @BooleanField({ readOnly: true, description: 'Whether a mail would be accepted now.' })
  ok!: boolean;

  @TextField({
    readOnly: true,
    description: 'The result in words, with advice.',
    example: 'The server would accept mail.',
  })
  verdict!: string;

  @ObjectField(NamedTransportCheckStepDto, { isArray: true, description: 'Steps of the check, in order.' })
  steps!: NamedTransportCheckStepDto[];

  @TextListField({
    readOnly: true,
    description: 'What was said, without secrets: `C:` by this service, `S:` by the server, `*` what happened.',
  })
  transcript!: string[];

  @ObjectField(SenderFindingDto, {
    isArray: true,
    readOnly: true,
    description: 'What receivers will think of the domain of the sender: MX, SPF, DKIM and DMARC.',
  })
  sender!: SenderFindingDto[];
}

/** The result of checking a transport. */
export class NamedTransportCheckDto extends ResponseOf(TransportCheckFields) {}
