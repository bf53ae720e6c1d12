import { ChildEntity } from 'typeorm';

import { Stage } from '../../flows/stage.entity.js';

/** Asks with a form, whose fields are prompts (`PromptStageField`). */
@ChildEntity('prompt')
export class PromptStage extends Stage {}
