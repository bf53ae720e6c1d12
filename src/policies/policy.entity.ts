import { Column, CreateDateColumn, Entity, PrimaryColumn, TableInheritance, Unique, UpdateDateColumn } from 'typeorm';

/**
 * A rule that can be bound to flows, to the places of stages in them, and to the forms of prompt stages. Every kind is a
 * child entity in the same table, as with stages.
 */
@Entity()
@TableInheritance({ column: { type: 'text', name: 'kind' } })
@Unique('uq_policy_name', ['name'])
export abstract class Policy {
  @PrimaryColumn({ type: 'uuid', name: 'policy_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Every evaluation writes an event. */
  @Column({ type: 'boolean', default: false })
  executionLogging!: boolean;

  /** Which kind of policy this is; written by the ORM. */
  @Column({ type: 'text', update: false })
  readonly kind!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
