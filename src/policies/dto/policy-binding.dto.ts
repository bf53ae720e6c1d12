import { GroupDto } from '../../core/groups/dto/group.dto.js';
import { Group } from '../../core/groups/group.entity.js';
import { UserDto } from '../../core/users/dto/user.dto.js';
import { User } from '../../core/users/user.entity.js';
import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { noSuchRow } from '../../rest/fields/coercions.js';
import { ResponseOf, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import { DefaultsOf } from '../../rest/fields/document-defaults.js';
import type { RuleContext } from '../../rest/fields/field.js';
import { BooleanField, IntegerField, IntegerKeyField, ObjectField, UuidField } from '../../rest/fields/fields.js';
import { Check } from '../../rest/fields/read-object.js';
import { exists } from '../../rest/fields/rules.js';
import { PolicyBinding } from '../policy-binding.entity.js';
import { findTargets } from '../policy-target.js';
import { Policy } from '../policy.entity.js';
import { PolicyDto } from './policy.dto.js';

describeConstraint('fk_policy_binding_flow', 'target', 'The flow has just been deleted.');
describeConstraint('fk_policy_binding_fsb', 'target', 'The flow-stage binding has just been deleted.');
describeConstraint('fk_policy_binding_rule', 'target', 'The notification rule has just been deleted.');
describeConstraint('fk_policy_binding_policy', 'policy', 'The policy has just been deleted.');
describeConstraint('fk_policy_binding_group', 'group', 'The group has just been deleted.');
describeConstraint('fk_policy_binding_user', 'user', 'The user has just been deleted.');

/** Fields of a policy binding, in requests and responses. */
class PolicyBindingFields {
  @UuidField({ readOnly: true, description: 'UUID of the policy binding.' })
  pk!: string;

  @UuidField({ nullable: true, description: 'Passes if this policy passes.', rules: [exists(() => Policy)] })
  policy!: string | null;

  @UuidField({
    nullable: true,
    description: 'Passes for members of this group.',
    rules: [exists(() => Group)],
    example: '7f3c1d52-6a0e-4f0b-9d57-2c8f1e6b4a90',
  })
  group!: string | null;

  @IntegerKeyField({ nullable: true, description: 'Passes for this user.', rules: [exists(() => User)] })
  user!: number | null;

  @ObjectField(PolicyDto, { nullable: true, description: 'The bound policy; null if none.' })
  policy_obj!: PolicyDto | null;

  @ObjectField(GroupDto, { nullable: true, description: 'The bound group; null if none.' })
  group_obj!: GroupDto | null;

  @ObjectField(UserDto, {
    nullable: true,
    description: 'The bound user; null if none, or if you may not view that user.',
  })
  user_obj!: UserDto | null;

  @UuidField({
    required: true,
    description:
      'Key of a flow, flow-stage binding or notification rule. Requests may use its `policybindingmodel_ptr_id` instead.',
    rules: [isTarget],
  })
  target!: string;

  @BooleanField({ description: 'Negates the result.' })
  negate!: boolean;

  @BooleanField({ description: 'Whether the binding is evaluated.' })
  enabled!: boolean;

  @IntegerField({ required: true, description: 'Position among the bindings of the target.' })
  order!: number;

  @IntegerField({ minimum: 0, description: 'Timeout of the policy in seconds.' })
  timeout!: number;

  @BooleanField({ description: 'Result if the policy cannot be evaluated.' })
  failure_result!: boolean;
}

/** Restricts access to a flow or to a stage in a flow. */
export class PolicyBindingDto extends ResponseOf(PolicyBindingFields) {}

/** Body of a request that creates or replaces a policy binding. */
@Check(hasOneSubject)
@DefaultsOf(PolicyBinding)
export class PolicyBindingRequestDto extends RequestOf(PolicyBindingFields) {}

/** Body of a request that changes a policy binding. */
@Check(hasOneSubject)
export class PatchedPolicyBindingRequestDto extends PatchOf(PolicyBindingRequestDto) {}

async function isTarget(key: string, { manager }: RuleContext, raw: unknown): Promise<string[] | undefined> {
  return (await findTargets(manager, [key])).size > 0 ? undefined : [noSuchRow(raw)];
}

/**
 * Checks that the binding has exactly one subject: a policy, a group or a user. A subject in a request replaces the
 * stored one.
 */
function hasOneSubject(request: Partial<PolicyBindingFields>, { current }: RuleContext): string | undefined {
  const named = [request.policy, request.group, request.user].filter(
    (subject) => subject !== undefined && subject !== null,
  );
  if (named.length > 1) return "Only one of 'policy', 'group' or 'user' can be set.";
  const stored = current as PolicyBinding | undefined;
  const keepsStored =
    (request.policy === undefined && (stored?.policyId ?? null) !== null) ||
    (request.group === undefined && (stored?.groupId ?? null) !== null) ||
    (request.user === undefined && (stored?.userId ?? null) !== null);
  return named.length === 1 || keepsStored ? undefined : "One of 'policy', 'group' or 'user' must be set.";
}
