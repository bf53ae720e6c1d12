import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { PatchOf, RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import type { RuleContext } from '../../../rest/fields/field.js';
import { ChoiceField, DateTimeField, TextField, UuidField } from '../../../rest/fields/fields.js';
import { exists, unique } from '../../../rest/fields/rules.js';
import { MailMessage } from '../../outbox/mail-message.entity.js';
import { suppressedForm, suppressionProblem } from '../suppressed-form.js';
import { Suppression, type SuppressionReason, suppressionReasons } from '../suppression.entity.js';

const addressTaken = 'suppression of this address already exists.';
describeConstraint('uq_suppression_address', 'address', addressTaken);
const isNew = unique(() => Suppression, 'address', addressTaken);

class SuppressionFields {
  @UuidField({ readOnly: true, description: 'UUID of the suppression.' })
  pk!: string;

  @TextField({
    required: true,
    maxLength: 254,
    description:
      'Address that gets no mail, or a domain whose addresses get none. Stored in lower case, with the domain in ASCII. ' +
      'A domain does not include its subdomains.',
    example: 'ada@library.example',
    checks: [suppressionProblem],
    rules: [(text: string, context: RuleContext, raw) => isNew(suppressedForm(text) as never, context, raw)],
  })
  address!: string;

  @ChoiceField('SuppressionReasonEnum', suppressionReasons, {
    description: 'Why it gets no mail: `manual` is a decision of an administrator. Default: `manual`.',
  })
  reason!: SuppressionReason;

  @UuidField({
    nullable: true,
    description: 'The mail that came back; null for none. It may have been deleted since.',
    rules: [exists(() => MailMessage)],
  })
  message!: string | null;

  @TextField({ allowBlank: true, maxLength: 1_000, description: 'Note for administrators.', example: 'Has left.' })
  note!: string;

  @DateTimeField({ nullable: true, description: 'Time at which the suppression ends; null for never.' })
  expires!: Date | null;

  @DateTimeField({ readOnly: true, description: 'When the suppression was added.' })
  created!: Date;

  @DateTimeField({ readOnly: true, description: 'When the suppression was changed last.' })
  last_updated!: Date;
}

/** An address or a domain that gets no mail. */
export class SuppressionDto extends ResponseOf(SuppressionFields) {}

/** A suppression to add or to replace with. */
export class SuppressionRequestDto extends RequestOf(SuppressionFields) {}

/** Changes to a suppression. */
export class PatchedSuppressionRequestDto extends PatchOf(SuppressionRequestDto) {}
