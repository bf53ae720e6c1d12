import { Column, Entity, OneToMany, PrimaryColumn, type Relation, TableInheritance, Unique } from 'typeorm';

import { FlowStageBinding } from './flow-stage-binding.entity.js';

/**
 * A step of a flow. All kinds are child entities in one table (single-table inheritance), so that names are unique across
 * kinds and one query reads any of them.
 */
@Entity()
@TableInheritance({ column: { type: 'text', name: 'kind' } })
@Unique('uq_stage_name', ['name'])
export abstract class Stage {
  @PrimaryColumn({ type: 'uuid', name: 'stage_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Discriminator column; written by the ORM. */
  @Column({ type: 'text', update: false })
  readonly kind!: string;

  @OneToMany(() => FlowStageBinding, (binding) => binding.stage)
  bindings?: Relation<FlowStageBinding[]>;
}
