import { ResponseTo, ChallengeOf } from '../../../flow-execution/dto/challenge.dto.js';
import { ResponseOf } from '../../../rest/fields/derived.js';
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
  @TextField({ required: true, description: 'Name of the field in the response.', example: 'username' })
  field_key!: string;

  @TextField({ required: true, description: 'Label of the field.', example: 'Username' })
  label!: string;

  @ChoiceField('PromptTypeEnum', promptTypes, { required: true, description: 'Kind of input.' })
  type!: PromptType;

  @BooleanField({ required: true, description: 'Whether the field must have a value.', example: true })
  required!: boolean;

  @TextField({ required: true, description: 'Hint in the empty field.', example: 'Username' })
  placeholder!: string;

  @TextField({ required: true, description: 'Value that the field is filled with.', example: '' })
  initial_value!: string;

  @IntegerField({ required: true, computed: true, description: 'Position in the form, ascending.', example: 0 })
  order!: number;

  @TextField({ required: true, description: 'HTML below the field.', example: '' })
  sub_text!: string;

  @TextListField({ required: true, nullable: true, description: 'Null for a field without choices.' })
  choices!: string[] | null;
}

/** A field of a form. */
export class StagePromptDto extends ResponseOf(StagePromptFields) {}

/** The form of a prompt stage. */
export class PromptChallengeDto extends ChallengeOf('ak-stage-prompt') {
  @ObjectField(StagePromptDto, {
    isArray: true,
    required: true,
    readOnly: false,
    description: 'Fields of the form, in order.',
  })
  fields!: StagePromptDto[];
}

/** The response: `component`, and a value for each field under its `field_key`. */
export class PromptChallengeResponseRequestDto extends ResponseTo('ak-stage-prompt') {}
