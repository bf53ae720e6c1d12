import { StageFields } from '../../../flows/dto/stage.dto.js';
import { Stage } from '../../../flows/stage.entity.js';
import { Policy } from '../../../policies/policy.entity.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { TextField, UuidListField } from '../../../rest/fields/fields.js';
import { exists, unique } from '../../../rest/fields/rules.js';
import { PromptStage } from '../prompt-stage.entity.js';
import { Prompt } from '../prompt.entity.js';

describeConstraint('fk_prompt_stage_field_prompt', 'fields', 'A prompt has just been deleted.');
describeConstraint('fk_prompt_stage_policy_policy', 'validation_policies', 'A policy has just been deleted.');

/** The fields of a prompt stage. */
class PromptStageFields extends StageFields {
  // authentik words the error differently when the other stage is a prompt stage too.
  @TextField({
    required: true,
    rules: [
      unique(() => PromptStage, 'name', 'This field must be unique.'),
      unique(() => Stage, 'name', 'stage with this name already exists.'),
    ],
    description: 'Unique name, over stages of all kinds.',
  })
  override name!: string;

  @UuidListField({
    required: true,
    allowEmpty: false,
    description: 'Prompts of the form, sorted by their `order`.',
    rules: [exists(() => Prompt)],
  })
  fields!: string[];

  @UuidListField({
    description: 'Policies that validate the response; all of them must pass.',
    rules: [exists(() => Policy)],
  })
  validation_policies!: string[];
}

/** A prompt stage. */
export class PromptStageDto extends ResponseOf(PromptStageFields) {}

/** A prompt stage to create or to replace with. */
export class PromptStageRequestDto extends RequestOf(PromptStageFields) {}

/** Changes to a prompt stage. */
export class PatchedPromptStageRequestDto extends PatchOf(PromptStageRequestDto) {}
