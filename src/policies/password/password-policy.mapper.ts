import type { Columns } from '../../rest/list/list-query.js';
import { policyResponse, policyColumns } from '../policy.mapper.js';
import type { PasswordPolicyDto } from './dto/password-policy.dto.js';
import { passwordPolicyKind } from './password-policy.kind.js';

/** Columns of a password policy, for a query with the alias `policy`. */
export const passwordPolicyColumns = {
  ...policyColumns,
  password_field: 'policy.passwordField',
  amount_digits: 'policy.amountDigits',
  amount_uppercase: 'policy.amountUppercase',
  amount_lowercase: 'policy.amountLowercase',
  amount_symbols: 'policy.amountSymbols',
  length_min: 'policy.lengthMin',
  symbol_charset: 'policy.symbolCharset',
  error_message: 'policy.errorMessage',
  check_static_rules: 'policy.checkStaticRules',
  // Not supported, and refused in requests.
  check_have_i_been_pwned: 'false',
  check_zxcvbn: 'policy.checkZxcvbn',
  hibp_allowed_count: 'policy.hibpAllowedCount',
  zxcvbn_score_threshold: 'policy.zxcvbnScoreThreshold',
} satisfies Columns;

/** A row of `passwordPolicyColumns`. */
export type PasswordPolicyRow = Pick<PasswordPolicyDto, keyof typeof passwordPolicyColumns>;

/** Returns the response for a password policy. */
export function passwordPolicyResponse(row: PasswordPolicyRow): PasswordPolicyDto {
  const { pk: _, name: __, execution_logging: ___, bound_to: ____, ...own } = row;
  return { ...policyResponse(row, passwordPolicyKind), ...own };
}
