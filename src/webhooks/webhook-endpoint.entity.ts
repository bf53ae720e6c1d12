import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** Place of the sealed secret. */
export const webhookSecretPlace = 'webhook_endpoint.secret';

/** Place of the sealed secret before the last rotation. */
export const previousSecretPlace = 'webhook_endpoint.previous_secret';

/** Where events are delivered to. */
@Entity()
@Unique('uq_webhook_endpoint_name', ['name'])
export class WebhookEndpoint {
  @PrimaryColumn({ type: 'uuid', name: 'endpoint_uuid' })
  pk!: string;

  @Column({ type: 'varchar', length: 150 })
  name!: string;

  @Column({ type: 'text', default: '' })
  description!: string;

  @Column({ type: 'text' })
  url!: string;

  /** Types that are delivered, `*` for any characters; empty: all. */
  @Column({ type: 'text', array: true, default: [] })
  eventTypes!: string[];

  @Column({ type: 'boolean', default: true })
  enabled!: boolean;

  /** Signs the deliveries: `whsec_…`, sealed. */
  @Column({ type: 'text' })
  secret!: string;

  /** The secret before, sealed; empty if there is none. */
  @Column({ type: 'text', default: '' })
  previousSecret!: string;

  /** Until then, deliveries are signed with both secrets. */
  @Column({ type: 'timestamptz', nullable: true })
  previousSecretUntil!: Date | null;

  /** How often the secret was rotated. The event of a change names the field `secret`. */
  @Column({ type: 'integer', default: 0 })
  secretChanges!: number;

  /** The first failure since the last success; null if there is none. */
  @Column({ type: 'timestamptz', nullable: true })
  failingSince!: Date | null;

  /** The last attempt that the receiver did not take. */
  @Column({ type: 'timestamptz', nullable: true })
  lastFailure!: Date | null;

  /** Until then, one worker sends the deliveries. */
  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
