import {
  BooleanFilter,
  ChoiceFilter,
  IntegerFilter,
  RelationFilter,
  UuidFilter,
  uuidOf,
} from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { MultiRelationFilter } from '../../rest/list/multi-relation-filter.js';
import { invalidResponseActions, policyEngineModes } from '../flow-choices.js';
import { bindingColumns, bindingRowColumns } from '../flow-stage-binding.mapper.js';
import { Flow } from '../flow.entity.js';
import { Stage } from '../stage.entity.js';

/** Refers to the entity by name, because `policies/` is on a higher floor. */
const policiesByKey = {
  entity: () => 'Policy',
  property: 'pk',
  items: { type: 'string', format: 'uuid' },
  coercion: uuidOf,
};

@ListOf({
  columns: bindingRowColumns,
  search: ['stage.name'],
  order: ['order'],
  ordering: Object.keys(bindingColumns),
})
export class FlowStageBindingListQuery extends ListQuery {
  @RelationFilter(() => Flow, { on: 'binding.targetId' })
  target?: string;

  @RelationFilter(() => Stage, { on: 'binding.stageId' })
  stage?: string;

  @MultiRelationFilter(
    policiesByKey,
    (builder, value, parameter) =>
      builder.andWhere(
        `exists (select from "policy_binding" bound
                where bound.fsb_uuid = binding.pk and bound.policy_uuid = any(:${parameter}))`,
        { [parameter]: value },
      ),
    'UUIDs of policies; matches bindings that have any of them.',
  )
  policies?: string[];

  @UuidFilter({ on: 'binding.pk' })
  fsb_uuid?: string;

  @UuidFilter({ on: 'binding.policybindingmodelPtrId', description: 'Key that policy bindings refer to.' })
  pbm_uuid?: string;

  @IntegerFilter({ on: 'binding.order' })
  order?: number;

  @BooleanFilter({ on: 'binding.evaluateOnPlan' })
  evaluate_on_plan?: boolean;

  @BooleanFilter({ on: 'binding.reEvaluatePolicies' })
  re_evaluate_policies?: boolean;

  @ChoiceFilter(policyEngineModes, { on: 'binding.policyEngineMode' })
  policy_engine_mode?: string;

  @ChoiceFilter(invalidResponseActions, {
    on: 'binding.invalidResponseAction',
    description: 'What happens after an invalid response.',
  })
  invalid_response_action?: string;
}
