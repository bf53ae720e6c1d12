import { Policy } from '../../../policies/policy.entity.js';
import { TextFilter, UuidFilter, uuidOf } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { MultiRelationFilter } from '../../../rest/list/multi-relation-filter.js';
import { promptStageColumns } from '../prompt-stage.mapper.js';
import { Prompt } from '../prompt.entity.js';

const promptsByKey = {
  entity: () => Prompt,
  property: 'pk',
  items: { type: 'string', format: 'uuid' },
  coercion: uuidOf,
};

@ListOf({ columns: promptStageColumns, search: ['stage.name'], order: ['name'], ordering: ['pk', 'name'] })
export class PromptStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;

  @MultiRelationFilter(promptsByKey, (builder, value, parameter) =>
    builder.andWhere(
      `exists (select from "prompt_stage_field" field
                where field.stage_uuid = stage.pk and field.prompt_uuid = any(:${parameter}))`,
      { [parameter]: value },
    ),
  )
  fields?: string[];

  @MultiRelationFilter({ ...promptsByKey, entity: () => Policy }, (builder, value, parameter) =>
    builder.andWhere(
      `exists (select from "prompt_stage_policy" asked
                where asked.stage_uuid = stage.pk and asked.policy_uuid = any(:${parameter}))`,
      { [parameter]: value },
    ),
  )
  validation_policies?: string[];
}
