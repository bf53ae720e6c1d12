import { Check, Column, Entity, OneToMany, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { oneOf } from '../database/one-of.js';
import {
  type DeniedAction,
  deniedActions,
  type FlowAuthentication,
  flowAuthentications,
  type FlowDesignation,
  flowDesignations,
  type FlowLayout,
  flowLayouts,
  type PolicyEngineMode,
  policyEngineModes,
} from './flow-choices.js';
import { FlowStageBinding } from './flow-stage-binding.entity.js';

/** A sequence of stages that a visitor completes, for example to sign up, to sign in or to recover an account. */
@Entity()
@Unique('uq_flow_slug', ['slug'])
@Unique('uq_flow_policy_binding_model', ['policybindingmodelPtrId'])
@Check('ck_flow_designation', oneOf('designation', flowDesignations))
@Check('ck_flow_policy_engine_mode', oneOf('policy_engine_mode', policyEngineModes))
@Check('ck_flow_layout', oneOf('layout', flowLayouts))
@Check('ck_flow_denied_action', oneOf('denied_action', deniedActions))
@Check('ck_flow_authentication', oneOf('authentication', flowAuthentications))
@Check('ck_flow_slug', `"slug" ~ '^[-a-zA-Z0-9_]+$'`)
export class Flow {
  @PrimaryColumn({ type: 'uuid', name: 'flow_uuid' })
  pk!: string;

  /** Key that policy bindings use as their target; differs from `pk`. */
  @Column({ type: 'uuid', name: 'pbm_uuid' })
  policybindingmodelPtrId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'varchar', length: 50 })
  slug!: string;

  @Column({ type: 'text' })
  title!: string;

  @Column({ type: 'text' })
  designation!: FlowDesignation;

  /** URL, path below `/static`, or name of an uploaded file; empty for the default. */
  @Column({ type: 'text', default: '' })
  background!: string;

  @Column({ type: 'text', default: 'any' })
  policyEngineMode!: PolicyEngineMode;

  @Column({ type: 'boolean', default: false })
  compatibilityMode!: boolean;

  @Column({ type: 'text', default: 'stacked' })
  layout!: FlowLayout;

  @Column({ type: 'text', default: 'message_continue' })
  deniedAction!: DeniedAction;

  @Column({ type: 'text', default: 'none' })
  authentication!: FlowAuthentication;

  @OneToMany(() => FlowStageBinding, (binding) => binding.target)
  bindings?: Relation<FlowStageBinding[]>;
}
