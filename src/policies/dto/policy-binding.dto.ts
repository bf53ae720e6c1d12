import { GroupDto } from '../../core/groups/dto/group.dto.js';
import { Group } from '../../core/groups/group.entity.js';
import { UserDto } from '../../core/users/dto/user.dto.js';
import { User } from '../../core/users/user.entity.js';
import { describeConstraint } from '../../rest/errors/database-conflict.js';
import { noSuchRow } from '../../rest/fields/coercions.js';
import { AnswerOf, PatchOf, RequestOf } from '../../rest/fields/derived.js';
import type { RuleContext } from '../../rest/fields/field.js';
import { BooleanField, IntegerField, IntegerKeyField, ObjectField, UuidField } from '../../rest/fields/fields.js';
import { Check } from '../../rest/fields/read-object.js';
import { exists } from '../../rest/fields/rules.js';
import type { PolicyBinding } from '../policy-binding.entity.js';
import { findTargets } from '../policy-target.js';
import { Policy } from '../policy.entity.js';
import { PolicyDto } from './policy.dto.js';

describeConstraint('fk_policy_binding_flow', 'target', 'The flow has just been deleted.');
describeConstraint('fk_policy_binding_fsb', 'target', 'The binding of a stage has just been deleted.');
describeConstraint('fk_policy_binding_policy', 'policy', 'The policy has just been deleted.');
describeConstraint('fk_policy_binding_group', 'group', 'The group has just been deleted.');
describeConstraint('fk_policy_binding_user', 'user', 'The user has just been deleted.');

/** What is told of a policy binding and what can be set. */
class PolicyBindingFields {
  @UuidField({ readOnly: true })
  pk!: string;

  @UuidField({ nullable: true, description: 'Who this policy lets pass, passes.', rules: [exists(() => Policy)] })
  policy!: string | null;

  @UuidField({ nullable: true, description: 'The members of this group pass.', rules: [exists(() => Group)] })
  group!: string | null;

  @IntegerKeyField({ nullable: true, description: 'This user passes.', rules: [exists(() => User)] })
  user!: number | null;

  @ObjectField(PolicyDto, { nullable: true })
  policy_obj!: PolicyDto | null;

  @ObjectField(GroupDto, { nullable: true })
  group_obj!: GroupDto | null;

  @ObjectField(UserDto, { nullable: true })
  user_obj!: UserDto | null;

  @UuidField({
    required: true,
    description: 'Key of a flow or of the binding of a stage. A request may also name its `policybindingmodel_ptr_id`.',
    rules: [isTarget],
  })
  target!: string;

  @BooleanField({ description: 'Turn the outcome round: whoever is meant does not pass, and everybody else does.' })
  negate!: boolean;

  @BooleanField({ description: 'A binding that is not enabled counts as if it were not there.' })
  enabled!: boolean;

  @IntegerField({ required: true, description: 'Place among the bindings of the target.' })
  order!: number;

  @IntegerField({ minimum: 0, description: 'Seconds that a policy may take.' })
  timeout!: number;

  @BooleanField({ description: 'What counts when a policy fails.' })
  failure_result!: boolean;
}

/** Who a flow, or a stage in a flow, is for. */
export class PolicyBindingDto extends AnswerOf(PolicyBindingFields) {}

/** A policy binding to create, or to put in the place of another. */
@Check(hasOneSubject)
export class PolicyBindingRequestDto extends RequestOf(PolicyBindingFields) {}

/** Changes to a policy binding. */
@Check(hasOneSubject)
export class PatchedPolicyBindingRequestDto extends PatchOf(PolicyBindingRequestDto) {}

async function isTarget(key: string, { manager }: RuleContext, raw: unknown): Promise<string[] | undefined> {
  return (await findTargets(manager, [key])).size > 0 ? undefined : [noSuchRow(raw)];
}

/**
 * Who it is about: a policy, a group or a user. A request that names one of them puts it in the place of what is stored; what a
 * change does not name stays.
 */
function hasOneSubject(request: Partial<PolicyBindingFields>, { current }: RuleContext): string | undefined {
  const named = [request.policy, request.group, request.user].filter(
    (subject) => subject !== undefined && subject !== null,
  );
  if (named.length > 1) return "Only one of 'policy', 'group' or 'user' can be set.";
  const stored = current as PolicyBinding | undefined;
  const isLeft =
    (request.policy === undefined && (stored?.policyId ?? null) !== null) ||
    (request.group === undefined && (stored?.groupId ?? null) !== null) ||
    (request.user === undefined && (stored?.userId ?? null) !== null);
  return named.length === 1 || isLeft ? undefined : "One of 'policy', 'group' or 'user' must be set.";
}
