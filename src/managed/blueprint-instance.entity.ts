import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

import { oneOf } from '../database/one-of.js';

export const blueprintStatuses = ['successful', 'warning', 'error', 'orphaned', 'unknown'] as const;
export type BlueprintStatus = (typeof blueprintStatuses)[number];

/** A blueprint that the service knows: a file in one of its folders, or a text of its own. */
@Entity()
@Unique('uq_blueprint_instance_name_path', ['name', 'path'])
@Check('ck_blueprint_instance_status', oneOf('status', blueprintStatuses))
export class BlueprintInstance {
  @PrimaryColumn({ type: 'uuid', name: 'instance_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Below the folders of blueprints; empty if `content` is the blueprint. */
  @Column({ type: 'text', default: '' })
  path!: string;

  @Column({ type: 'text', default: '' })
  content!: string;

  /** Put over the context of the blueprint. */
  @Column({ type: 'jsonb', default: {} })
  context!: Record<string, unknown>;

  /** When it has been applied, or was created. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  lastApplied!: Date;

  /** SHA-512 of the text that has been applied; empty if none has. */
  @Column({ type: 'text', default: '' })
  lastAppliedHash!: string;

  @Column({ type: 'text', default: 'unknown' })
  status!: BlueprintStatus;

  /** One that is not is never applied. */
  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  /** The models of the objects that it has written. */
  @Column({ type: 'text', array: true, default: [] })
  managedModels!: string[];

  /** `name` and `labels` of the blueprint when it has been applied. */
  @Column({ type: 'jsonb', default: {} })
  metadata!: Record<string, unknown>;
}
