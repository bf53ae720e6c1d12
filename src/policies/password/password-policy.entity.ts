import { Check, ChildEntity, Column } from 'typeorm';

import { Policy } from '../policy.entity.js';

const amounts = ['amount_digits', 'amount_uppercase', 'amount_lowercase', 'amount_symbols', 'length_min'];

/** Columns that are set for every password policy and null for other kinds. */
const columns = [
  ...amounts,
  'password_field',
  'symbol_charset',
  'error_message',
  'check_static_rules',
  'check_zxcvbn',
  'hibp_allowed_count',
  'zxcvbn_score_threshold',
];

/** Default symbols: ASCII punctuation and the space. */
const symbols = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ ';

/** Enforces rules for passwords. */
@ChildEntity('password')
@Check('ck_policy_password', `"kind" <> 'password' OR num_nulls(${columns.map((name) => `"${name}"`).join(', ')}) = 0`)
@Check(
  'ck_policy_amounts',
  `least(${[...amounts, 'hibp_allowed_count', 'zxcvbn_score_threshold'].map((name) => `"${name}"`).join(', ')}) >= 0`,
)
export class PasswordPolicy extends Policy {
  /** Key of the checked prompt field. */
  @Column({ type: 'text' })
  passwordField = 'password';

  @Column({ type: 'integer' })
  amountDigits = 0;

  @Column({ type: 'integer' })
  amountUppercase = 0;

  @Column({ type: 'integer' })
  amountLowercase = 0;

  @Column({ type: 'integer' })
  amountSymbols = 0;

  @Column({ type: 'integer' })
  lengthMin = 0;

  @Column({ type: 'text' })
  symbolCharset = symbols;

  /** Message for a password that violates a static rule; empty for `Invalid password.` */
  @Column({ type: 'text' })
  errorMessage = '';

  @Column({ type: 'boolean' })
  checkStaticRules = true;

  @Column({ type: 'boolean' })
  checkZxcvbn = false;

  /** Stored for clients only; without effect. */
  @Column({ type: 'integer' })
  hibpAllowedCount = 0;

  /** Highest score that fails. */
  @Column({ type: 'integer' })
  zxcvbnScoreThreshold = 2;
}
