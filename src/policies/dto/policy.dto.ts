import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { ResponseOf } from '../../rest/fields/derived.js';
import { BooleanField, IntegerField, TextField, UuidField } from '../../rest/fields/fields.js';
import { unique } from '../../rest/fields/rules.js';
import { BooleanFilter } from '../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../rest/list/list-query.js';
import { Policy } from '../policy.entity.js';
import { policyColumns, policyListColumns } from '../policy.mapper.js';

const nameTaken = 'policy with this name already exists.';
describeConstraint('uq_policy_name', 'name', nameTaken);

/** Fields common to all kinds of policies; each kind adds its own. */
export class PolicyFields {
  @UuidField({ readOnly: true, description: 'UUID of the policy.' })
  pk!: string;

  @TextField({ required: true, rules: [unique(() => Policy, 'name', nameTaken)], description: 'Unique name.' })
  name!: string;

  @BooleanField({ description: 'Write an event for every evaluation of the policy.' })
  execution_logging!: boolean;

  @TextField({
    readOnly: true,
    description: 'Frontend component that edits this kind of policy.',
    example: 'ak-policy-password-form',
  })
  component!: string;

  @TextField({ readOnly: true, description: 'Name of the kind.', example: 'Password Policy' })
  verbose_name!: string;

  @TextField({ readOnly: true, description: 'Plural name of the kind.', example: 'Password Policies' })
  verbose_name_plural!: string;

  @TextField({
    readOnly: true,
    description: 'Model name of the kind, `<app>.<model>`.',
    example: 'authentik_policies_password.passwordpolicy',
  })
  meta_model_name!: string;

  @IntegerField({
    readOnly: true,
    computed: true,
    description: 'Number of bindings and prompt stages that use the policy.',
  })
  bound_to!: number;
}

/** A policy of any kind, with the common fields only. */
export class PolicyDto extends ResponseOf(PolicyFields) {}

const isBoundBy = (table: string): string =>
  `exists (select from "${table}" bound where bound.policy_uuid = policy.pk)`;

@ListOf({
  columns: policyListColumns,
  search: ['policy.name'],
  order: ['name'],
  ordering: Object.keys(policyColumns),
})
export class PolicyListQuery extends ListQuery {
  @BooleanFilter({
    on: `(not ${isBoundBy('policy_binding')})`,
    description: 'Whether the policy has no bindings.',
  })
  bindings__isnull?: boolean;

  @BooleanFilter({
    on: `(not ${isBoundBy('prompt_stage_policy')})`,
    description: 'Whether no prompt stage uses the policy.',
  })
  promptstage__isnull?: boolean;
}
