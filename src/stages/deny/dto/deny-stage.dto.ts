import { StageFields } from '../../../flows/dto/stage.dto.js';
import { TextField } from '../../../rest/fields/fields.js';

/** The fields of a deny stage. */
export class DenyStageFields extends StageFields {
  @TextField({
    allowBlank: true,
    description: 'Message for the visitor, unless the run provides one. Empty: the default message.',
    example: 'Sign-up is closed.',
  })
  deny_message!: string;
}
