import { Check, ChildEntity, Column } from 'typeorm';

import { Policy } from '../policy.entity.js';

const amounts = ['amount_digits', 'amount_uppercase', 'amount_lowercase', 'amount_symbols', 'length_min'];

/** What every password policy has; the columns are null in the rows of other kinds. */
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

/** Signs that are no letters and no digits, and the space: what counts as a symbol unless something else is said. */
const symbols = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~ ';

/** Says what a password has to be like. */
@ChildEntity('password')
@Check('ck_policy_password', `"kind" <> 'password' OR num_nulls(${columns.map((name) => `"${name}"`).join(', ')}) = 0`)
@Check(
  'ck_policy_amounts',
  `least(${[...amounts, 'hibp_allowed_count', 'zxcvbn_score_threshold'].map((name) => `"${name}"`).join(', ')}) >= 0`,
)
export class PasswordPolicy extends Policy {
  /** Key of the answer that is looked at. */
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

  /** What is said of a password that breaks a static rule; empty for `Invalid password.` */
  @Column({ type: 'text' })
  errorMessage = '';

  @Column({ type: 'boolean' })
  checkStaticRules = true;

  @Column({ type: 'boolean' })
  checkZxcvbn = false;

  /** Kept for clients that send it: nothing is looked up. */
  @Column({ type: 'integer' })
  hibpAllowedCount = 0;

  /** Scores up to this one fail. */
  @Column({ type: 'integer' })
  zxcvbnScoreThreshold = 2;
}
