import { ResponseOf } from '../../../rest/fields/derived.js';
import { ChoiceField, DateTimeField, IntegerField, TextField } from '../../../rest/fields/fields.js';
import { type FeedbackKind, feedbackKinds } from '../feedback.entity.js';

class FeedbackResultFields {
  @IntegerField({
    readOnly: true,
    computed: true,
    description: 'How many reports were new.',
    example: 1,
  })
  recorded!: number;
}

/** What was recorded of a report. */
export class MailFeedbackResultDto extends ResponseOf(FeedbackResultFields) {}

class MailFeedbackFields {
  @ChoiceField('MailFeedbackKindEnum', feedbackKinds, {
    readOnly: true,
    description:
      '`bounce`: the mail can never reach its recipient; `complaint`: the recipient reported it as spam; `transient`: the ' +
      'mail is late or was lost, and the next one may arrive.',
  })
  kind!: FeedbackKind;

  @TextField({ readOnly: true, description: 'Provider that reported it.', example: 'postmark' })
  provider!: string;

  @TextField({ readOnly: true, description: 'Words of the provider.', example: '5.1.1 The address does not exist.' })
  reason!: string;

  @DateTimeField({ readOnly: true, description: 'When it happened.' })
  happened!: Date;

  @DateTimeField({ readOnly: true, description: 'When the provider reported it.' })
  received!: Date;
}

/** What a provider reported after a mail was sent. */
export class MailFeedbackDto extends ResponseOf(MailFeedbackFields) {}
