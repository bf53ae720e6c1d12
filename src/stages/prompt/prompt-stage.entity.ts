import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Asks with a form, whose fields are prompts (`PromptStageField`). */
@StageKindEntity('prompt')
export class PromptStage extends Stage {}
