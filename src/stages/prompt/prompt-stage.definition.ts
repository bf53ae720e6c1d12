import { Policy } from '../../policies/policy.entity.js';
import { TextFilter, UuidFilter, uuidOf } from '../../rest/list/filters.js';
import { MultiRelationFilter } from '../../rest/list/multi-relation-filter.js';
import { defineStage } from '../define-stage.js';
import { PromptStageDto, PromptStageRequestDto, PatchedPromptStageRequestDto } from './dto/prompt-stage.dto.js';
import { PromptStage } from './prompt-stage.entity.js';
import { PromptStageExecutor } from './prompt-stage.executor.js';
import { PromptStageStore } from './prompt-stage.store.js';
import { Prompt } from './prompt.entity.js';
import { PromptModule } from './prompt.module.js';

const promptsByKey = {
  entity: () => Prompt,
  property: 'pk',
  items: { type: 'string', format: 'uuid' },
  coercion: uuidOf,
};

/** The prompt stage. */
export const promptStage = defineStage({
  kind: 'prompt',
  path: 'prompt/stages',
  description: 'Shows a form made of prompts, and keeps the response for later stages.',
  entity: PromptStage,
  response: PromptStageDto,
  request: PromptStageRequestDto,
  patch: PatchedPromptStageRequestDto,
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
    fields: MultiRelationFilter(promptsByKey, (builder, value, parameter) =>
      builder.andWhere(
        `exists (select from "prompt_stage_field" field
                  where field.stage_uuid = stage.pk and field.prompt_uuid = any(:${parameter}))`,
        { [parameter]: value },
      ),
    ),
    validation_policies: MultiRelationFilter({ ...promptsByKey, entity: () => Policy }, (builder, value, parameter) =>
      builder.andWhere(
        `exists (select from "prompt_stage_policy" validation
                  where validation.stage_uuid = stage.pk and validation.policy_uuid = any(:${parameter}))`,
        { [parameter]: value },
      ),
    ),
  },
  columns: {
    fields: `array(select prompt.prompt_uuid from "prompt_stage_field" field join "prompt" prompt using (prompt_uuid)
                    where field.stage_uuid = stage.pk order by prompt.order, prompt.name)`,
    validation_policies: `array(select validation.policy_uuid from "prompt_stage_policy" validation
                                 where validation.stage_uuid = stage.pk order by validation.policy_uuid)`,
  },
  ordering: ['pk', 'name'],
  executor: PromptStageExecutor,
  store: PromptStageStore,
  imports: [PromptModule],
});
