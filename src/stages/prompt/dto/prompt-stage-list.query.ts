import { Rejection } from '../../../rest/fields/coercions.js';
import { MultiFilter, notAvailable, TextFilter, UuidFilter, uuidOf } from '../../../rest/list/filters.js';
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

  // There are no policies, so every key is that of a policy that there is not.
  @MultiFilter({ type: 'string', format: 'uuid' }, noSuchPolicy, (builder) => builder)
  validation_policies?: string[];
}

function noSuchPolicy(raw: unknown): never {
  throw new Rejection([notAvailable(uuidOf(raw))]);
}
