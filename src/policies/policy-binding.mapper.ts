import type { GroupDto } from '../core/groups/dto/group.dto.js';
import type { UserDto } from '../core/users/dto/user.dto.js';
import type { Columns } from '../rest/list/list-query.js';
import type { PolicyBindingDto } from './dto/policy-binding.dto.js';
import type { PolicyDto } from './dto/policy.dto.js';

/** Columns of a policy binding, for a query with the alias `pb`. */
export const policyBindingColumns = {
  pk: 'pb.pk',
  policy: 'pb.policyId',
  group: 'pb.groupId',
  user: 'pb.userId',
  target: 'coalesce(pb.flowId, pb.bindingId, pb.ruleId)',
  negate: 'pb.negate',
  enabled: 'pb.enabled',
  order: 'pb.order',
  timeout: 'pb.timeout',
  failure_result: 'pb.failureResult',
} satisfies Columns;

/** A row of `policyBindingColumns`. */
export type PolicyBindingRow = Pick<PolicyBindingDto, keyof typeof policyBindingColumns>;

/** Returns the response for a policy binding with its policy, group or user. */
export function policyBindingResponse(
  row: PolicyBindingRow,
  policy: PolicyDto | undefined,
  group: GroupDto | undefined,
  user: UserDto | undefined,
): PolicyBindingDto {
  return {
    pk: row.pk,
    policy: row.policy,
    group: row.group,
    user: row.user,
    policy_obj: policy ?? null,
    group_obj: group ?? null,
    user_obj: user ?? null,
    target: row.target,
    negate: row.negate,
    enabled: row.enabled,
    order: row.order,
    timeout: row.timeout,
    failure_result: row.failure_result,
  };
}
