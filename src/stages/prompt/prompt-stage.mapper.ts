import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { PromptStageDto } from './dto/prompt-stage.dto.js';

/** What is read of a prompt stage for the clients, of a statement that calls it `stage`. */
export const promptStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  fields: `array(select prompt.prompt_uuid from "prompt_stage_field" field join "prompt" prompt using (prompt_uuid)
                  where field.stage_uuid = stage.pk order by prompt.order, prompt.name)`,
  validation_policies: `array(select asked.policy_uuid from "prompt_stage_policy" asked
                               where asked.stage_uuid = stage.pk order by asked.policy_uuid)`,
} satisfies Columns;

/** A row of those columns. */
export type PromptStageRow = Pick<PromptStageDto, keyof typeof promptStageColumns>;

/** What clients see of a prompt stage besides what every stage has. */
export function promptStageFields(row: PromptStageRow): Omit<PromptStageDto, keyof StageDto> {
  return { fields: row.fields, validation_policies: row.validation_policies };
}
