import { Check, ChildEntity, Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { Flow } from '../../flows/flow.entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Where a password may be known; the names are the reference's. */
export const passwordBackends = [
  'authentik.core.auth.InbuiltBackend',
  'authentik.core.auth.TokenBackend',
  'authentik.sources.ldap.auth.LDAPBackend',
  'authentik.sources.kerberos.auth.KerberosBackend',
] as const;
export type PasswordBackend = (typeof passwordBackends)[number];

/** What every password stage has; the columns are null in the rows of other kinds. */
const columns = ['backends', 'failed_attempts_before_cancel', 'allow_show_password'];

/** Passes when the visitor knows the password of the pending user. */
@ChildEntity('password')
@Check('ck_stage_password', `"kind" <> 'password' OR num_nulls(${columns.map((name) => `"${name}"`).join(', ')}) = 0`)
export class PasswordStage extends Stage {
  /** Asked in this order. */
  @Column({ type: 'text', array: true })
  backends!: PasswordBackend[];

  @Index('ix_stage_configure_flow')
  @Column({ type: 'uuid', name: 'configure_flow_uuid', nullable: true })
  configureFlowId: string | null = null;

  @ManyToOne(() => Flow, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'configure_flow_uuid', foreignKeyConstraintName: 'fk_stage_configure_flow' })
  configureFlow?: Relation<Flow>;

  @Column({ type: 'integer' })
  failedAttemptsBeforeCancel = 5;

  @Column({ type: 'boolean' })
  allowShowPassword = false;
}
