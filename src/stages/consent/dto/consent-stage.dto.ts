import { StageFields } from '../../../flows/dto/stage.dto.js';
import { ChoiceField, DurationField } from '../../../rest/fields/fields.js';
import { type ConsentMode, consentModes } from '../consent-stage.entity.js';

/** The fields of a consent stage. */
export class ConsentStageFields extends StageFields {
  @ChoiceField('ConsentStageModeEnum', consentModes, {
    description: 'Ask every time, only once, or again after `consent_expire_in`.',
  })
  mode!: ConsentMode;

  @DurationField({
    description: 'How long consent is valid in the mode `expiring`, such as `weeks=4` or `hours=1;minutes=30`.',
    example: 'weeks=4',
  })
  consent_expire_in!: string;
}
