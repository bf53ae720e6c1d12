import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Shows a form. `PromptStageField` links it to the prompts that are its fields. */
@StageKindEntity('prompt')
export class PromptStage extends Stage {}
