import { StageDto, StageRequestDto } from '../../../flows/dto/stage.dto.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { AnswerOf, FieldsWithout, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
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

const notEvaluated = 'Expressions are not evaluated here: the text stands for itself.';

/** The fields of a prompt. */
class PromptFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @TextField({ required: true, rules: [unique(() => Prompt, 'name', nameTaken)] })
  name!: string;

  @TextField({
    required: true,
    description:
      'Name of the value. A user write stage writes `username`, `name`, `email`, `password` and what is below ' +
      '`attributes.`, such as `attributes.phone`.',
    example: 'email',
  })
  field_key!: string;

  @TextField({ required: true, example: 'Email' })
  label!: string;

  @ChoiceField('PromptTypeEnum', promptTypes, { required: true })
  type!: PromptType;

  @BooleanField()
  required!: boolean;

  @TextField({
    allowBlank: true,
    description: 'A hint in the empty field. Of a field with choices: the choices, one on each line.',
  })
  placeholder!: string;

  @TextField({ allowBlank: true, description: 'What is in the field at first, and counts if it is left out.' })
  initial_value!: string;

  @IntegerField({ description: 'Place in the form; lower comes first.' })
  order!: number;

  @ObjectListField(StageDto, StageRequestDto, {
    description: 'The stages whose forms it stands in; those decide, what a request says here has no effect.',
  })
  promptstage_set!: StageDto[];

  @TextField({ allowBlank: true, description: 'A text below the field.' })
  sub_text!: string;

  @BooleanField({ description: notEvaluated })
  placeholder_expression!: boolean;

  @BooleanField({ description: notEvaluated })
  initial_value_expression!: boolean;
}

/** A prompt. */
export class PromptDto extends AnswerOf(PromptFields) {}

/** A prompt to create or to replace with. */
export class PromptRequestDto extends RequestOf(PromptFields) {}

/** Changes to a prompt. */
export class PatchedPromptRequestDto extends PatchOf(PromptRequestDto) {}

/** What a preview looks at: a prompt that is there may be sent as it is. */
export class PromptPreviewRequestDto extends RequestOf(FieldsWithout(PromptFields, 'name', 'promptstage_set')) {}
