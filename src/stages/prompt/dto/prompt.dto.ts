import { StageDto, StageRequestDto } from '../../../flows/dto/stage.dto.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, FieldsWithout, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import {
  BooleanField,
  ChoiceField,
  IntegerField,
  ObjectListField,
  TextField,
  UuidField,
} from '../../../rest/fields/fields.js';
import { unique } from '../../../rest/fields/rules.js';
import { type PromptType, promptTypes } from '../prompt-types.js';
import { Prompt } from '../prompt.entity.js';

const nameTaken = 'Prompt with this name already exists.';
describeConstraint('uq_prompt_name', 'name', nameTaken);

const notEvaluated = 'The text is a Python expression. It is kept and not evaluated: the field is shown empty.';

/** The fields of a prompt. */
class PromptFields {
  @UuidField({ readOnly: true, description: 'UUID of the prompt.' })
  pk!: string;

  @TextField({
    required: true,
    rules: [unique(() => Prompt, 'name', nameTaken)],
    description: 'Unique name for administrators.',
    example: 'sign-up-email',
  })
  name!: string;

  @TextField({
    required: true,
    description:
      'Key of the value. A user write stage writes `username`, `name`, `email`, `password` and keys that start with ' +
      '`attributes.`, such as `attributes.phone`.',
    example: 'email',
  })
  field_key!: string;

  @TextField({ required: true, example: 'Email', description: 'Label of the field.' })
  label!: string;

  @ChoiceField('PromptTypeEnum', promptTypes, { required: true, description: 'Kind of input.', example: 'email' })
  type!: PromptType;

  @BooleanField({ description: 'Whether the field must have a value.' })
  required!: boolean;

  @TextField({
    allowBlank: true,
    description: 'Hint shown in the empty field. For a field with choices: the choices, one per line.',
    example: 'jane@example.org',
  })
  placeholder!: string;

  @TextField({
    allowBlank: true,
    description: 'Initial value of the field, used if the response omits it.',
    example: '',
  })
  initial_value!: string;

  @IntegerField({ description: 'Position in the form, in ascending order.' })
  order!: number;

  @ObjectListField(StageDto, StageRequestDto, {
    description: 'Prompt stages that use the prompt. Has no effect in a request: set `fields` of the stage.',
  })
  promptstage_set!: StageDto[];

  @TextField({ allowBlank: true, description: 'Help text below the field.', example: '' })
  sub_text!: string;

  @BooleanField({ description: notEvaluated })
  placeholder_expression!: boolean;

  @BooleanField({ description: notEvaluated })
  initial_value_expression!: boolean;
}

/** A prompt. */
export class PromptDto extends ResponseOf(PromptFields) {}

/** A prompt to create or to replace with. */
export class PromptRequestDto extends RequestOf(PromptFields) {}

/** Changes to a prompt. */
export class PatchedPromptRequestDto extends PatchOf(PromptRequestDto) {}

/** A prompt to preview. An existing prompt may be sent unchanged. */
export class PromptPreviewRequestDto extends RequestOf(FieldsWithout(PromptFields, 'name', 'promptstage_set')) {}
