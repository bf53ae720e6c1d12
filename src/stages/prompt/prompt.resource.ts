import { Resource } from '../../rest/resource.js';
import { PromptDto } from './dto/prompt.dto.js';
import { Prompt } from './prompt.entity.js';

/** The routes below `/stages/prompt/prompts/`. */
export const prompts = new Resource({
  operations: 'stages_prompt_prompts',
  model: 'authentik_stages_prompt.prompt',
  noun: 'prompt',
  response: PromptDto,
  cached: true,
  lookup: {
    entity: () => Prompt,
    parameter: 'prompt_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the prompt.',
  },
});
