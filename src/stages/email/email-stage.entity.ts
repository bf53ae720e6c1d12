import { Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';
import { NamedTransport } from '../../mail/transports/named-transport.entity.js';

/** Sends a mail, and passes when its link or code has proved the address. */
@StageKindEntity('email')
export class EmailStage extends Stage {
  @Column({ type: 'boolean' })
  useGlobalSettings = false;

  @Column({ type: 'text' })
  host = 'localhost';

  @Column({ type: 'integer' })
  port = 25;

  @Column({ type: 'text' })
  username = '';

  /** Sealed by `SecretBox`; empty for none. */
  @Column({ type: 'text' })
  password = '';

  @Column({ type: 'boolean' })
  useTls = false;

  @Column({ type: 'boolean' })
  useSsl = false;

  /** Seconds. */
  @Column({ type: 'integer' })
  timeout = 10;

  @Column({ type: 'varchar', length: 254 })
  fromAddress = 'system@authentik.local';

  /** Minutes. */
  @Column({ type: 'integer' })
  tokenExpiry = 30;

  @Column({ type: 'text' })
  subject = 'authentik';

  @Column({ type: 'text' })
  template = 'email/password_reset.html';

  @Column({ type: 'boolean' })
  activateUserOnSuccess = false;

  /** Maximum number of mails per recipient within `recoveryCacheTimeout`, including the first one. */
  @Column({ type: 'integer' })
  recoveryMaxAttempts = 5;

  /** A duration, such as `minutes=5`. */
  @Column({ type: 'text' })
  recoveryCacheTimeout = 'minutes=5';

  /** Sends the mails in place of the server of the stage or of the global settings. */
  @Index('ix_stage_transport')
  @Column({ type: 'uuid', name: 'transport_uuid', nullable: true })
  transportId: string | null = null;

  @ManyToOne(() => NamedTransport, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'transport_uuid', foreignKeyConstraintName: 'fk_stage_transport' })
  transport?: Relation<NamedTransport> | null;
}
