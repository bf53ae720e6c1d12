import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

import { oneOf } from '../database/one-of.js';

export const blueprintStatuses = ['successful', 'warning', 'error', 'orphaned', 'unknown'] as const;
export type BlueprintStatus = (typeof blueprintStatuses)[number];

/** A registered blueprint: a file in one of the blueprint folders, or inline content. */
@Entity()
@Unique('uq_blueprint_instance_name_path', ['name', 'path'])
@Check('ck_blueprint_instance_status', oneOf('status', blueprintStatuses))
export class BlueprintInstance {
  @PrimaryColumn({ type: 'uuid', name: 'instance_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Path relative to the blueprint folder; empty if `content` is the blueprint. */
  @Column({ type: 'text', default: '' })
  path!: string;

  @Column({ type: 'text', default: '' })
  content!: string;

  /** Overrides values of the blueprint's own context. */
  @Column({ type: 'jsonb', default: {} })
  context!: Record<string, unknown>;

  /** Time of the last successful apply, or of creation. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  lastApplied!: Date;

  /** SHA-512 of the text that was last applied; empty if never applied. */
  @Column({ type: 'text', default: '' })
  lastAppliedHash!: string;

  @Column({ type: 'text', default: 'unknown' })
  status!: BlueprintStatus;

  /** Disabled blueprints are never applied. */
  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  /** Models of the objects it has written. */
  @Column({ type: 'text', array: true, default: [] })
  managedModels!: string[];

  /** `name` and `labels` of the blueprint when it was last applied. */
  @Column({ type: 'jsonb', default: {} })
  metadata!: Record<string, unknown>;
}
