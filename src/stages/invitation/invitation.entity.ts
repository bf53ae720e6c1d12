import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { User } from '../../core/users/user.entity.js';
import { Flow } from '../../flows/flow.entity.js';

/** Lets whoever knows its key pass an invitation stage, and says in advance what they would be asked. */
@Entity()
@Index('ix_invitation_expires', ['expires'])
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

  /** The only flow that it is for. It goes with the flow: else it would be for every flow from then on. */
  @Index('ix_invitation_flow')
  @Column({ type: 'uuid', name: 'flow_uuid', nullable: true })
  flowId!: string | null;

  @ManyToOne(() => Flow, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'flow_uuid', foreignKeyConstraintName: 'fk_invitation_flow' })
  flow?: Relation<Flow> | null;
}
