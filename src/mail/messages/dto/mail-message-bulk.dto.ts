import { RequestOf, ResponseOf } from '../../../rest/fields/derived.js';
import { IntegerField } from '../../../rest/fields/fields.js';

/** Mails that one request changes at most. */
export const mostChanged = 100_000;

class MailMessageBulkFields {
  @IntegerField({
    required: true,
    minimum: 0,
    description: 'Number of mails that are expected: if more match, no mail is changed.',
    example: 120,
  })
  expected!: number;
}

/** How many mails may be changed. */
export class MailMessageBulkRequestDto extends RequestOf(MailMessageBulkFields) {}

class MailMessageCountFields {
  @IntegerField({ readOnly: true, computed: true, description: 'Number of mails.', example: 120 })
  count!: number;
}

/** A number of mails. */
export class MailMessageCountDto extends ResponseOf(MailMessageCountFields) {}
