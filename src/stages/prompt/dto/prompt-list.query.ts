import { ChoiceFilter, TextFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { promptTypes } from '../prompt-types.js';
import { promptColumns } from '../prompt.mapper.js';

@ListOf({
  columns: promptColumns,
  search: ['prompt.fieldKey', 'prompt.name', 'prompt.label', 'prompt.type', 'prompt.placeholder'],
  order: ['field_key'],
  ordering: Object.keys(promptColumns),
})
export class PromptListQuery extends ListQuery {
  @TextFilter({ on: 'prompt.fieldKey' })
  field_key?: string;

  @TextFilter({ on: 'prompt.name' })
  name?: string;

  @TextFilter({ on: 'prompt.label' })
  label?: string;

  @ChoiceFilter(promptTypes, { on: 'prompt.type' })
  type?: string;

  @TextFilter({ on: 'prompt.placeholder' })
  placeholder?: string;
}
