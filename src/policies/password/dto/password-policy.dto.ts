import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import { BooleanField, IntegerField, TextField } from '../../../rest/fields/fields.js';
import { PolicyFields } from '../../dto/policy.dto.js';
import { PasswordPolicy } from '../password-policy.entity.js';

/** Fields of a password policy, in requests and responses. */
class PasswordPolicyFields extends PolicyFields {
  @TextField({ description: 'Field to check: the `field_key` of a prompt.', example: 'password' })
  password_field!: string;

  @IntegerField({ minimum: 0, description: 'Minimum number of digits, 0 to 9.' })
  amount_digits!: number;

  @IntegerField({ minimum: 0, description: 'Minimum number of upper-case letters, A to Z.' })
  amount_uppercase!: number;

  @IntegerField({ minimum: 0, description: 'Minimum number of lower-case letters, a to z.' })
  amount_lowercase!: number;

  @IntegerField({ minimum: 0, description: 'Minimum number of characters in `symbol_charset`.' })
  amount_symbols!: number;

  @IntegerField({ minimum: 0, description: 'Minimum length in characters; never less than 8.' })
  length_min!: number;

  @TextField({ verbatim: true, description: 'Characters that count as symbols.', example: '!?#%&*+-.:=@_' })
  symbol_charset!: string;

  @TextField({
    allowBlank: true,
    description: 'Message for a password that violates one of these rules; empty for `Invalid password.`',
    example: 'Choose a longer password.',
  })
  error_message!: string;

  @BooleanField({ description: 'Check length and characters.' })
  check_static_rules!: boolean;

  @BooleanField({
    description: 'Always false; true is refused, because the service contacts no other services.',
    rules: [refuseLookup],
  })
  check_have_i_been_pwned!: boolean;

  @BooleanField({ description: 'Check the strength with zxcvbn.' })
  check_zxcvbn!: boolean;

  @IntegerField({ minimum: 0, description: 'Without effect, as `check_have_i_been_pwned` is always false.' })
  hibp_allowed_count!: number;

  @IntegerField({ minimum: 0, description: 'Highest refused zxcvbn score, 0 to 4.' })
  zxcvbn_score_threshold!: number;
}

/** A password policy. */
export class PasswordPolicyDto extends ResponseOf(PasswordPolicyFields) {}

/** Body of a request that creates or replaces a password policy. */
@DefaultsOf(PasswordPolicy)
export class PasswordPolicyRequestDto extends RequestOf(PasswordPolicyFields) {}

/** Body of a request that changes a password policy. */
export class PatchedPasswordPolicyRequestDto extends PatchOf(PasswordPolicyRequestDto) {}

function refuseLookup(isWanted: boolean): Promise<string[] | undefined> {
  const refusal = ['Lookup of leaked passwords is not supported. Use check_zxcvbn instead.'];
  return Promise.resolve(isWanted ? refusal : undefined);
}
