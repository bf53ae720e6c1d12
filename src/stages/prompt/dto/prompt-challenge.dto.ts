import { AnswerTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { AnswerOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  ChoiceField,
  IntegerField,
  ObjectField,
  TextField,
  TextListField,
} from '../../../rest/fields/fields.js';
import { type PromptType, promptTypes } from '../prompt-types.js';

class StagePromptFields {
  @TextField({ required: true })
  field_key!: string;

  @TextField({ required: true })
  label!: string;

  @ChoiceField('PromptTypeEnum', promptTypes, { required: true })
  type!: PromptType;

  @BooleanField({ required: true })
  required!: boolean;

  @TextField({ required: true })
  placeholder!: string;

  @TextField({ required: true })
  initial_value!: string;

  @IntegerField({ required: true, computed: true })
  order!: number;

  @TextField({ required: true })
  sub_text!: string;

  @TextListField({ required: true, nullable: true, description: 'Null for a field without choices.' })
  choices!: string[] | null;
}

/** A field of a form. */
export class StagePromptDto extends AnswerOf(StagePromptFields) {}

/** The form of a prompt stage. */
export class PromptChallengeDto extends ChallengeOf('ak-stage-prompt') {
  @ObjectField(StagePromptDto, { isArray: true, required: true, readOnly: false })
  fields!: StagePromptDto[];
}

/** The response: `component`, and a value for each field under its `field_key`. */
export class PromptChallengeResponseRequestDto extends AnswerTo('ak-stage-prompt') {}
