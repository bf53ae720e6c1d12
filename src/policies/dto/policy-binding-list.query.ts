import type { FieldRule } from '../../rest/fields/field.js';
import {
  BooleanFilter,
  filter,
  IntegerFilter,
  MultiFilter,
  notAvailable,
  RelationFilter,
  uuidOf,
} from '../../rest/list/filters.js';
import { type Condition, ListOf, ListQuery } from '../../rest/list/list-query.js';
import { policyBindingColumns } from '../policy-binding.mapper.js';
import { findTargets } from '../policy-target.js';
import { Policy } from '../policy.entity.js';

const isBoundTo: Condition = (builder, value, parameter) =>
  builder.andWhere(
    `(flow.pk = any(:${parameter}) or flow.policybindingmodelPtrId = any(:${parameter})
      or fsb.pk = any(:${parameter}) or fsb.policybindingmodelPtrId = any(:${parameter}) or pb.ruleId = any(:${parameter}))`,
    { [parameter]: [value].flat() },
  );

const targetExists: FieldRule = async (key: string, { manager }) =>
  (await findTargets(manager, [key])).size > 0 ? undefined : [notAvailable('That choice')];

const targetsExist: FieldRule = async (keys: readonly string[], { manager }) => {
  const known = await findTargets(manager, keys);
  const unknown = keys.find((key) => !known.has(key));
  return unknown === undefined ? undefined : [notAvailable(unknown)];
};

@ListOf({
  columns: policyBindingColumns,
  search: ['policy.name', 'grp.name', 'account.username'],
  order: ['target', 'order'],
  ordering: Object.keys(policyBindingColumns),
})
export class PolicyBindingListQuery extends ListQuery {
  @filter({ type: 'string', format: 'uuid' }, uuidOf, isBoundTo, {
    description: 'Key or `policybindingmodel_ptr_id` of a flow or flow-stage binding, or key of a notification rule.',
    rules: [targetExists],
  })
  target?: string;

  @MultiFilter({ type: 'string', format: 'uuid' }, uuidOf, isBoundTo, {
    description: 'Keys like those of `target`; matches bindings of any of them.',
    rules: [targetsExist],
  })
  target_in?: string[];

  @RelationFilter(() => Policy, { on: 'pb.policyId' })
  policy?: string;

  @BooleanFilter({ on: '(pb.policyId is null)', description: 'Whether the binding has no policy.' })
  policy__isnull?: boolean;

  @BooleanFilter({ on: 'pb.enabled' })
  enabled?: boolean;

  @IntegerFilter({ on: 'pb.order' })
  order?: number;

  @IntegerFilter({ on: 'pb.timeout' })
  timeout?: number;
}
