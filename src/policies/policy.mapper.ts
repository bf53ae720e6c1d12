import type { Columns } from '../rest/list/list-query.js';
import type { PolicyDto } from './dto/policy.dto.js';
import type { PolicyKind, policyKinds } from './policy-kinds.js';

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

/** Columns of a list of policies of all kinds. */
export const policyListColumns = { ...policyColumns, kind: 'policy.kind' } satisfies Columns;

/** A row of `policyListColumns`. */
export type PolicyListRow = PolicyRow & { readonly kind: keyof typeof policyKinds };

/** Returns the response for a policy of the given kind, with the common fields only. */
export function policyResponse(row: PolicyRow, kind: PolicyKind): PolicyDto {
  return {
    pk: row.pk,
    name: row.name,
    execution_logging: row.execution_logging,
    component: kind.component,
    verbose_name: kind.verboseName,
    verbose_name_plural: kind.verboseNamePlural,
    meta_model_name: kind.model,
    bound_to: row.bound_to,
  };
}
