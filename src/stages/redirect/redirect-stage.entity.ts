import { Check, Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { Flow } from '../../flows/flow.entity.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

export const redirectModes = ['static', 'flow'] as const;
export type RedirectMode = (typeof redirectModes)[number];

/** Redirects the visitor to a page or to another flow. */
@StageKindEntity('redirect')
@Check('ck_stage_redirect_mode', oneOf('redirect_mode', redirectModes))
export class RedirectStage extends Stage {
  @Column({ type: 'boolean' })
  keepContext = true;

  /** `mode` on the wire. The column `mode` belongs to consent stages. */
  @Column({ type: 'text' })
  redirectMode!: RedirectMode;

  @Column({ type: 'text' })
  targetStatic = '';

  @Index('ix_stage_target_flow')
  @Column({ type: 'uuid', name: 'target_flow_uuid', nullable: true })
  targetFlowId: string | null = null;

  @ManyToOne(() => Flow, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'target_flow_uuid', foreignKeyConstraintName: 'fk_stage_target_flow' })
  targetFlow?: Relation<Flow> | null;
}
