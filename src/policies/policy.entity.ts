import { Column, CreateDateColumn, Entity, PrimaryColumn, TableInheritance, Unique, UpdateDateColumn } from 'typeorm';

/**
 * A rule that can be bound to flows, flow-stage bindings and prompt stages. All kinds are child entities in one table,
 * as with stages.
 */
@Entity()
@TableInheritance({ column: { type: 'text', name: 'kind' } })
@Unique('uq_policy_name', ['name'])
export abstract class Policy {
  @PrimaryColumn({ type: 'uuid', name: 'policy_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Whether every evaluation writes an event. */
  @Column({ type: 'boolean', default: false })
  executionLogging!: boolean;

  /** Discriminator column; written by the ORM. */
  @Column({ type: 'text', update: false })
  readonly kind!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
