import { Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { Flow } from '../../flows/flow.entity.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';
import { PasswordStage } from '../password/password-stage.entity.js';

/** Fields that users can be found by; `upn` is the attribute of that name. */
export const userFields = ['email', 'username', 'upn'] as const;
export type UserField = (typeof userFields)[number];

/** Asks the visitor for a user name or address, and sets the pending user. */
@StageKindEntity('identification')
export class IdentificationStage extends Stage {
  @Column({ type: 'text', array: true })
  userFields: UserField[] = [];

  /** The password stage whose settings apply if the password is asked for in the same step; null: it is not. */
  @Index('ix_stage_password_stage')
  @Column({ type: 'uuid', name: 'password_stage_uuid', nullable: true })
  passwordStageId: string | null = null;

  @ManyToOne(() => PasswordStage, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'password_stage_uuid', foreignKeyConstraintName: 'fk_stage_password_stage' })
  passwordStage?: Relation<PasswordStage>;

  @Column({ type: 'boolean' })
  caseInsensitiveMatching = true;

  @Column({ type: 'boolean' })
  showMatchedUser = true;

  @Index('ix_stage_enrollment_flow')
  @Column({ type: 'uuid', name: 'enrollment_flow_uuid', nullable: true })
  enrollmentFlowId: string | null = null;

  @ManyToOne(() => Flow, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'enrollment_flow_uuid', foreignKeyConstraintName: 'fk_stage_enrollment_flow' })
  enrollmentFlow?: Relation<Flow>;

  @Index('ix_stage_recovery_flow')
  @Column({ type: 'uuid', name: 'recovery_flow_uuid', nullable: true })
  recoveryFlowId: string | null = null;

  @ManyToOne(() => Flow, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'recovery_flow_uuid', foreignKeyConstraintName: 'fk_stage_recovery_flow' })
  recoveryFlow?: Relation<Flow>;

  @Index('ix_stage_passwordless_flow')
  @Column({ type: 'uuid', name: 'passwordless_flow_uuid', nullable: true })
  passwordlessFlowId: string | null = null;

  @ManyToOne(() => Flow, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'passwordless_flow_uuid', foreignKeyConstraintName: 'fk_stage_passwordless_flow' })
  passwordlessFlow?: Relation<Flow>;

  @Column({ type: 'boolean' })
  showSourceLabels = false;

  /** Continues with unknown users, so that visitors cannot learn whether an account exists. */
  @Column({ type: 'boolean' })
  pretendUserExists = true;
}
