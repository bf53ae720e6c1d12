import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { Flow } from '../../flows/flow.entity.js';

/** How many runs of a flow that started in an hour have reached and passed a step. Nothing in it refers to a visitor. */
@Entity()
@Index('ix_flow_statistic_hour', ['hour'])
export class FlowStatistic {
  @PrimaryColumn({ type: 'uuid', name: 'flow_uuid', primaryKeyConstraintName: 'pk_flow_statistic' })
  flowId!: string;

  @ManyToOne(() => Flow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'flow_uuid', foreignKeyConstraintName: 'fk_flow_statistic_flow' })
  flow?: Relation<Flow>;

  /** Key of the binding; the key of the flow for the whole run, which is reached when it starts and passed when it ends. */
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'pk_flow_statistic' })
  step!: string;

  /** Start of the hour in which the runs started. */
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'pk_flow_statistic' })
  hour!: Date;

  @Column({ type: 'integer' })
  reached!: number;

  @Column({ type: 'integer' })
  passed!: number;
}
