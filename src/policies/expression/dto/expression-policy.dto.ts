import { ResponseOf, PatchOf, RequestOf } from '../../../rest/fields/derived.js';
import { DefaultsOf } from '../../../rest/fields/document-defaults.js';
import { TextField } from '../../../rest/fields/fields.js';
import { PolicyFields } from '../../dto/policy.dto.js';
import { ExpressionPolicy } from '../expression-policy.entity.js';

/** Fields of an expression policy, in requests and responses. */
class ExpressionPolicyFields extends PolicyFields {
  @TextField({
    required: true,
    description: 'Python expression. It is stored for authentik and not run here: what it is bound to is denied.',
    example: 'return True',
  })
  expression!: string;
}

/** An expression policy. */
export class ExpressionPolicyDto extends ResponseOf(ExpressionPolicyFields) {}

/** Body of a request that creates or replaces an expression policy. */
@DefaultsOf(ExpressionPolicy)
export class ExpressionPolicyRequestDto extends RequestOf(ExpressionPolicyFields) {}

/** Body of a request that changes an expression policy. */
export class PatchedExpressionPolicyRequestDto extends PatchOf(ExpressionPolicyRequestDto) {}
