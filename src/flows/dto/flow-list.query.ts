import { ChoiceFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { deniedActions, flowDesignations } from '../flow-choices.js';
import { flowDetailColumns } from '../flow.mapper.js';

@ListOf({
  columns: flowDetailColumns,
  search: ['flow.name', 'flow.slug', 'flow.designation', 'flow.title', 'flow.deniedAction'],
  order: ['slug', 'name'],
  ordering: [
    'pk',
    'policybindingmodel_ptr_id',
    'name',
    'slug',
    'title',
    'designation',
    'policy_engine_mode',
    'compatibility_mode',
    'layout',
    'denied_action',
    'authentication',
  ],
})
export class FlowListQuery extends ListQuery {
  @UuidFilter({ on: 'flow.pk' })
  flow_uuid?: string;

  @TextFilter({ on: 'flow.name' })
  name?: string;

  @TextFilter({ on: 'flow.slug' })
  slug?: string;

  @ChoiceFilter(flowDesignations, { on: 'flow.designation', description: 'Purpose of the flow.' })
  designation?: string;

  @ChoiceFilter(deniedActions, {
    on: 'flow.deniedAction',
    description: 'What happens when a user is denied access to the flow.',
  })
  denied_action?: string;
}
