import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { Stage } from '../flows/stage.entity.js';
import { Policy } from './policy.entity.js';

/** Applies a policy to the responses of a prompt stage (`validation_policies`). */
@Entity()
export class PromptStagePolicy {
  @PrimaryColumn({ type: 'uuid', name: 'stage_uuid' })
  stageId!: string;

  @ManyToOne(() => Stage, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'stage_uuid', foreignKeyConstraintName: 'fk_prompt_stage_policy_stage' })
  stage?: Relation<Stage>;

  @Index('ix_prompt_stage_policy_policy')
  @PrimaryColumn({ type: 'uuid', name: 'policy_uuid' })
  policyId!: string;

  @ManyToOne(() => Policy, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'policy_uuid', foreignKeyConstraintName: 'fk_prompt_stage_policy_policy' })
  policy?: Relation<Policy>;
}
