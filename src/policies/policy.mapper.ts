import type { Columns } from '../rest/list/list-query.js';
import type { PolicyDto } from './dto/policy.dto.js';
import { passwordPolicyKind } from './password/password-policy.kind.js';

/** What is read of a policy of any kind, of a statement that calls it `policy`. */
export const policyColumns = {
  pk: 'policy.pk',
  name: 'policy.name',
  execution_logging: 'policy.executionLogging',
  bound_to: `((select count(*) from "policy_binding" bound where bound.policy_uuid = policy.pk)
            + (select count(*) from "prompt_stage_policy" asked where asked.policy_uuid = policy.pk))::int`,
} satisfies Columns;

/** A row of those columns. */
export type PolicyRow = Pick<PolicyDto, keyof typeof policyColumns>;

/** A policy of any kind as clients see it. There is one kind. */
export function policyAnswer(row: PolicyRow): PolicyDto {
  return {
    pk: row.pk,
    name: row.name,
    execution_logging: row.execution_logging,
    component: passwordPolicyKind.component,
    verbose_name: passwordPolicyKind.verboseName,
    verbose_name_plural: passwordPolicyKind.verboseNamePlural,
    meta_model_name: passwordPolicyKind.model,
    bound_to: row.bound_to,
  };
}
