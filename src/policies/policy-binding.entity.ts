import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { Group } from '../core/groups/group.entity.js';
import { User } from '../core/users/user.entity.js';
import { FlowStageBinding } from '../flows/flow-stage-binding.entity.js';
import { Flow } from '../flows/flow.entity.js';
import { NotificationRule } from '../notifications/notification-rule.entity.js';
import { Policy } from './policy.entity.js';

/** Binds a policy, group or user to a flow or flow-stage binding, to grant or deny access, or to a notification rule. */
@Entity()
@Check('ck_policy_binding_target', 'num_nonnulls("flow_uuid", "fsb_uuid", "rule_uuid") = 1')
@Check('ck_policy_binding_subject', 'num_nonnulls("policy_uuid", "group_uuid", "user_id") = 1')
@Check('ck_policy_binding_timeout', '"timeout" >= 0')
export class PolicyBinding {
  @PrimaryColumn({ type: 'uuid', name: 'policy_binding_uuid' })
  pk!: string;

  @Index('ix_policy_binding_flow')
  @Column({ type: 'uuid', name: 'flow_uuid', nullable: true })
  flowId!: string | null;

  @ManyToOne(() => Flow, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'flow_uuid', foreignKeyConstraintName: 'fk_policy_binding_flow' })
  flow?: Relation<Flow> | null;

  /** The flow-stage binding. */
  @Index('ix_policy_binding_fsb')
  @Column({ type: 'uuid', name: 'fsb_uuid', nullable: true })
  bindingId!: string | null;

  @ManyToOne(() => FlowStageBinding, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'fsb_uuid', foreignKeyConstraintName: 'fk_policy_binding_fsb' })
  binding?: Relation<FlowStageBinding> | null;

  /** The notification rule. */
  @Index('ix_policy_binding_rule')
  @Column({ type: 'uuid', name: 'rule_uuid', nullable: true })
  ruleId!: string | null;

  @ManyToOne(() => NotificationRule, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'rule_uuid', foreignKeyConstraintName: 'fk_policy_binding_rule' })
  rule?: Relation<NotificationRule> | null;

  @Index('ix_policy_binding_policy')
  @Column({ type: 'uuid', name: 'policy_uuid', nullable: true })
  policyId!: string | null;

  @ManyToOne(() => Policy, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'policy_uuid', foreignKeyConstraintName: 'fk_policy_binding_policy' })
  policy?: Relation<Policy> | null;

  @Index('ix_policy_binding_group')
  @Column({ type: 'uuid', name: 'group_uuid', nullable: true })
  groupId!: string | null;

  @ManyToOne(() => Group, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'group_uuid', foreignKeyConstraintName: 'fk_policy_binding_group' })
  group?: Relation<Group> | null;

  @Index('ix_policy_binding_user')
  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_policy_binding_user' })
  user?: Relation<User> | null;

  @Column({ type: 'boolean', default: false })
  negate!: boolean;

  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  @Column({ type: 'integer' })
  order!: number;

  /** Timeout in seconds; not enforced, because the work of every policy is bounded. */
  @Column({ type: 'integer', default: 30 })
  timeout!: number;

  /** Result if the policy cannot be evaluated, because the password in the run is sealed. */
  @Column({ type: 'boolean', default: false })
  failureResult!: boolean;
}
