import { Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { Flow } from '../../flows/flow.entity.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Where a password may be known; the names are the reference's. */
export const passwordBackends = [
  'authentik.core.auth.InbuiltBackend',
  'authentik.core.auth.TokenBackend',
  'authentik.sources.ldap.auth.LDAPBackend',
  'authentik.sources.kerberos.auth.KerberosBackend',
] as const;
export type PasswordBackend = (typeof passwordBackends)[number];

/** Passes when the visitor knows the password of the pending user. */
@StageKindEntity('password')
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
