import { Resource } from '../../rest/resource.js';
import { PromptStageDto } from './dto/prompt-stage.dto.js';
import { PromptStage } from './prompt-stage.entity.js';

/** The routes below `/stages/prompt/stages/`. */
export const promptStages = new Resource({
  operations: 'stages_prompt_stages',
  model: 'authentik_stages_prompt.promptstage',
  noun: 'prompt stage',
  answer: PromptStageDto,
  cached: true,
  lookup: {
    entity: () => PromptStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the prompt stage.',
  },
});
