import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { User } from '../../core/users/user.entity.js';
import { Flow } from '../../flows/flow.entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** A user's consent at a stage of a flow. The current settings of the stage decide how long it is valid. */
@Entity()
export class Consent {
  @PrimaryColumn({ type: 'integer', name: 'user_id' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_consent_user' })
  user?: Relation<User>;

  @Index('ix_consent_stage')
  @PrimaryColumn({ type: 'uuid', name: 'stage_uuid' })
  stageId!: string;

  @ManyToOne(() => Stage, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'stage_uuid', foreignKeyConstraintName: 'fk_consent_stage' })
  stage?: Relation<Stage>;

  @Index('ix_consent_flow')
  @PrimaryColumn({ type: 'uuid', name: 'flow_uuid' })
  flowId!: string;

  @ManyToOne(() => Flow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'flow_uuid', foreignKeyConstraintName: 'fk_consent_flow' })
  flow?: Relation<Flow>;

  /** IDs of the permissions that were shown. */
  @Column({ type: 'text', array: true })
  permissions!: string[];

  @Column({ type: 'timestamptz' })
  given!: Date;
}
