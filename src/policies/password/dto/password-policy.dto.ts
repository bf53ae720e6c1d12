import { AnswerOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { BooleanField, IntegerField, TextField } from '../../../rest/fields/fields.js';
import { PolicyFields } from '../../dto/policy.dto.js';

/** What is told of a password policy and what can be set. */
class PasswordPolicyFields extends PolicyFields {
  @TextField({ description: 'Key of the answer that is checked: the `field_key` of a prompt.' })
  password_field!: string;

  @IntegerField({ minimum: 0, description: 'How many of 0 to 9 there are at least.' })
  amount_digits!: number;

  @IntegerField({ minimum: 0, description: 'How many of A to Z there are at least.' })
  amount_uppercase!: number;

  @IntegerField({ minimum: 0, description: 'How many of a to z there are at least.' })
  amount_lowercase!: number;

  @IntegerField({ minimum: 0, description: 'How many of `symbol_charset` there are at least.' })
  amount_symbols!: number;

  @IntegerField({ minimum: 0, description: 'How many characters there are at least; 8 in any case.' })
  length_min!: number;

  @TextField({ verbatim: true, description: 'The characters that count as symbols.' })
  symbol_charset!: string;

  @TextField({
    allowBlank: true,
    description: 'What a visitor is told whose password breaks one of these rules; empty for `Invalid password.`',
  })
  error_message!: string;

  @BooleanField({ description: 'Check length and characters.' })
  check_static_rules!: boolean;

  @BooleanField({
    description: 'Always false: the service calls no other service, so true is refused.',
    rules: [isNotLookedUp],
  })
  check_have_i_been_pwned!: boolean;

  @BooleanField({ description: 'Check how hard the password is to guess.' })
  check_zxcvbn!: boolean;

  @IntegerField({ minimum: 0, description: 'Without effect, as `check_have_i_been_pwned` is always false.' })
  hibp_allowed_count!: number;

  @IntegerField({ minimum: 0, description: "zxcvbn's scores, 0 to 4, up to this one are refused." })
  zxcvbn_score_threshold!: number;
}

/** A password policy. */
export class PasswordPolicyDto extends AnswerOf(PasswordPolicyFields) {}

/** A password policy to create, or to put in the place of another. */
export class PasswordPolicyRequestDto extends RequestOf(PasswordPolicyFields) {}

/** Changes to a password policy. */
export class PatchedPasswordPolicyRequestDto extends PatchOf(PasswordPolicyRequestDto) {}

function isNotLookedUp(isWanted: boolean): Promise<string[] | undefined> {
  const refusal = ['Leaked passwords cannot be looked up here. Use check_zxcvbn instead.'];
  return Promise.resolve(isWanted ? refusal : undefined);
}
