import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { PromptStage } from './prompt-stage.entity.js';
import { Prompt } from './prompt.entity.js';

/** Puts a prompt into the form of a prompt stage. */
@Entity()
export class PromptStageField {
  @PrimaryColumn({ type: 'uuid', name: 'stage_uuid' })
  stageId!: string;

  @ManyToOne(() => PromptStage, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'stage_uuid', foreignKeyConstraintName: 'fk_prompt_stage_field_stage' })
  stage?: Relation<PromptStage>;

  @Index('ix_prompt_stage_field_prompt')
  @PrimaryColumn({ type: 'uuid', name: 'prompt_uuid' })
  promptId!: string;

  @ManyToOne(() => Prompt, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'prompt_uuid', foreignKeyConstraintName: 'fk_prompt_stage_field_prompt' })
  prompt?: Relation<Prompt>;
}
