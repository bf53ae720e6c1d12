import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { User } from '../../core/users/user.entity.js';
import { Flow } from '../../flows/flow.entity.js';

/** Lets visitors who know its key pass an invitation stage, and provides data that prompts would ask for. */
@Entity()
@Index('ix_invitation_expires', ['expires'])
@Unique('uq_invitation_mail_key_hash', ['mailKeyHash'])
export class Invitation {
  @PrimaryColumn({ type: 'uuid', name: 'invite_uuid' })
  pk!: string;

  @Column({ type: 'varchar', length: 50 })
  name!: string;

  @Column({ type: 'timestamptz', nullable: true })
  expires!: Date | null;

  @Column({ type: 'jsonb', default: {} })
  fixedData!: Record<string, unknown>;

  @Index('ix_invitation_created_by')
  @Column({ type: 'integer', name: 'created_by_id' })
  createdById!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'created_by_id', foreignKeyConstraintName: 'fk_invitation_created_by' })
  createdBy?: Relation<User>;

  @Column({ type: 'boolean', default: false })
  singleUse!: boolean;

  /** Restricts it to one flow. Deleted with the flow, so that it does not become valid for every flow. */
  @Index('ix_invitation_flow')
  @Column({ type: 'uuid', name: 'flow_uuid', nullable: true })
  flowId!: string | null;

  @ManyToOne(() => Flow, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'flow_uuid', foreignKeyConstraintName: 'fk_invitation_flow' })
  flow?: Relation<Flow> | null;

  /** The address that it was last mailed to; null: none. */
  @Column({ type: 'varchar', length: 254, nullable: true })
  mailedTo!: string | null;

  /** The secret in the mailed link is derived from it. */
  @Column({ type: 'uuid', nullable: true })
  mailKey!: string | null;

  /** SHA-256 of that secret. */
  @Column({ type: 'bytea', nullable: true })
  mailKeyHash!: Buffer | null;
}
