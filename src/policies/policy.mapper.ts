import type { Columns } from '../rest/list/list-query.js';
import type { PolicyDto } from './dto/policy.dto.js';
import { passwordPolicyKind } from './password/password-policy.kind.js';

/** Columns common to all kinds of policies, for a query with the alias `policy`. */
export const policyColumns = {
  pk: 'policy.pk',
  name: 'policy.name',
  execution_logging: 'policy.executionLogging',
  bound_to: `((select count(*) from "policy_binding" bound where bound.policy_uuid = policy.pk)
            + (select count(*) from "prompt_stage_policy" link where link.policy_uuid = policy.pk))::int`,
} satisfies Columns;

/** A row of `policyColumns`. */
export type PolicyRow = Pick<PolicyDto, keyof typeof policyColumns>;

/** Returns the response for a policy of any kind. There is one kind. */
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
