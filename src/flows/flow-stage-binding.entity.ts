import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { oneOf } from '../database/one-of.js';
import {
  type InvalidResponseAction,
  invalidResponseActions,
  type PolicyEngineMode,
  policyEngineModes,
} from './flow-choices.js';
import { Flow } from './flow.entity.js';
import { Stage } from './stage.entity.js';

/** Binds a stage to a flow at a position. A flow may contain a stage more than once. */
@Entity()
@Unique('uq_flow_stage_binding_place', ['targetId', 'stageId', 'order'])
@Unique('uq_flow_stage_binding_policy_binding_model', ['policybindingmodelPtrId'])
@Check('ck_flow_stage_binding_policy_engine_mode', oneOf('policy_engine_mode', policyEngineModes))
@Check('ck_flow_stage_binding_invalid_response_action', oneOf('invalid_response_action', invalidResponseActions))
export class FlowStageBinding {
  @PrimaryColumn({ type: 'uuid', name: 'fsb_uuid' })
  pk!: string;

  /** Key that policy bindings use as their target; differs from `pk`. */
  @Column({ type: 'uuid', name: 'pbm_uuid' })
  policybindingmodelPtrId!: string;

  @Column({ type: 'uuid', name: 'target_uuid' })
  targetId!: string;

  @ManyToOne(() => Flow, (flow) => flow.bindings, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'target_uuid', foreignKeyConstraintName: 'fk_flow_stage_binding_target' })
  target?: Relation<Flow>;

  // The unique constraint starts with the flow; this index finds the flows of a stage.
  @Index('ix_flow_stage_binding_stage')
  @Column({ type: 'uuid', name: 'stage_uuid' })
  stageId!: string;

  @ManyToOne(() => Stage, (stage) => stage.bindings, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'stage_uuid', foreignKeyConstraintName: 'fk_flow_stage_binding_stage' })
  stage?: Relation<Stage>;

  @Column({ type: 'boolean', default: false })
  evaluateOnPlan!: boolean;

  @Column({ type: 'boolean', default: true })
  reEvaluatePolicies!: boolean;

  @Column({ type: 'integer' })
  order!: number;

  @Column({ type: 'text', default: 'any' })
  policyEngineMode!: PolicyEngineMode;

  @Column({ type: 'text', default: 'retry' })
  invalidResponseAction!: InvalidResponseAction;
}
