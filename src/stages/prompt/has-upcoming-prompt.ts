import type { EntityManager } from 'typeorm';

import type { FlowPlan } from '../../flow-execution/plan.js';
import { upcomingStages } from '../../flow-execution/upcoming-stages.js';
import { PromptStageField } from './prompt-stage-field.entity.js';
import { Prompt } from './prompt.entity.js';

/** Whether a prompt stage after the current stage has a field with this key. */
export function hasUpcomingPrompt(manager: EntityManager, plan: FlowPlan, fieldKey: string): Promise<boolean> {
  return manager
    .createQueryBuilder(PromptStageField, 'field')
    .innerJoin(Prompt, 'prompt', 'prompt.pk = field.promptId and prompt.fieldKey = :fieldKey', { fieldKey })
    .where('field.stageId = any(:stages)', { stages: upcomingStages(plan) })
    .getExists();
}
