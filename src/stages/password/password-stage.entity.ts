import { Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { Flow } from '../../flows/flow.entity.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Backends that verify passwords, under authentik's names. */
export const passwordBackends = [
  'authentik.core.auth.InbuiltBackend',
  'authentik.core.auth.TokenBackend',
  'authentik.sources.ldap.auth.LDAPBackend',
  'authentik.sources.kerberos.auth.KerberosBackend',
] as const;
export type PasswordBackend = (typeof passwordBackends)[number];

/** Asks for the password of the pending user. */
@StageKindEntity('password')
export class PasswordStage extends Stage {
  /** Tried in this order. */
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

  /** Passes signed-in visitors who have signed in lately. Nullable, so that the release before can create stages. */
  @Column({ type: 'boolean', nullable: true, default: false })
  acceptFreshSession = false;
}
