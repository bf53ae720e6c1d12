import { BooleanFilter, DateTimeFilter, IntegerFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { passwordPolicyColumns } from '../password-policy.mapper.js';

@ListOf({
  columns: passwordPolicyColumns,
  search: ['policy.name'],
  order: ['name'],
  ordering: Object.keys(passwordPolicyColumns),
})
export class PasswordPolicyListQuery extends ListQuery {
  @DateTimeFilter({ on: 'policy.created', description: 'When the policy was created.' })
  created?: Date;

  @DateTimeFilter({ on: 'policy.lastUpdated', description: 'When the policy was changed last.' })
  last_updated?: Date;

  @UuidFilter({ on: 'policy.pk' })
  policy_uuid?: string;

  @TextFilter({ on: 'policy.name' })
  name?: string;

  @BooleanFilter({ on: 'policy.executionLogging' })
  execution_logging?: boolean;

  @TextFilter({ on: 'policy.passwordField' })
  password_field?: string;

  @BooleanFilter({ on: 'policy.checkStaticRules' })
  check_static_rules?: boolean;

  @BooleanFilter({ on: 'false' })
  check_have_i_been_pwned?: boolean;

  @BooleanFilter({ on: 'policy.checkZxcvbn' })
  check_zxcvbn?: boolean;

  @IntegerFilter({ on: 'policy.amountDigits' })
  amount_digits?: number;

  @IntegerFilter({ on: 'policy.amountUppercase' })
  amount_uppercase?: number;

  @IntegerFilter({ on: 'policy.amountLowercase' })
  amount_lowercase?: number;

  @IntegerFilter({ on: 'policy.amountSymbols' })
  amount_symbols?: number;

  @IntegerFilter({ on: 'policy.lengthMin' })
  length_min?: number;

  @TextFilter({ on: 'policy.symbolCharset' })
  symbol_charset?: string;

  @TextFilter({ on: 'policy.errorMessage' })
  error_message?: string;

  @IntegerFilter({ on: 'policy.hibpAllowedCount' })
  hibp_allowed_count?: number;

  @IntegerFilter({ on: 'policy.zxcvbnScoreThreshold' })
  zxcvbn_score_threshold?: number;
}
