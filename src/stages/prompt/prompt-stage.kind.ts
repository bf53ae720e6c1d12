import type { StoredStageKind } from '../../flows/stage-store.js';
import { PatchedPromptStageRequestDto, type PromptStageDto, PromptStageRequestDto } from './dto/prompt-stage.dto.js';
import { PromptStage } from './prompt-stage.entity.js';
import { promptStageColumns, promptStageFields } from './prompt-stage.mapper.js';

export const promptStageKind: StoredStageKind<PromptStage, PromptStageDto> = {
  kind: 'prompt',
  model: 'authentik_stages_prompt.promptstage',
  component: 'ak-stage-prompt-form',
  verboseName: 'Prompt Stage',
  verboseNamePlural: 'Prompt Stages',
  description: 'Asks with a form, whose fields are prompts, and remembers the answers for the stages that follow.',
  entity: PromptStage,
  request: PromptStageRequestDto,
  patch: PatchedPromptStageRequestDto,
  columns: promptStageColumns,
  own: promptStageFields,
};
