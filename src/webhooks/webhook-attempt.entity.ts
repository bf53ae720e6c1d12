import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { WebhookDelivery } from './webhook-delivery.entity.js';

/** One attempt of a delivery. */
@Entity()
@Unique('uq_webhook_attempt_number', ['deliveryId', 'number'])
export class WebhookAttempt {
  @PrimaryColumn({ type: 'uuid', name: 'attempt_uuid' })
  pk!: string;

  @Column({ type: 'uuid', name: 'delivery_uuid' })
  deliveryId!: string;

  @ManyToOne(() => WebhookDelivery, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'delivery_uuid', foreignKeyConstraintName: 'fk_webhook_attempt_delivery' })
  delivery?: Relation<WebhookDelivery>;

  /** From 1. */
  @Column({ type: 'integer' })
  number!: number;

  @Column({ type: 'timestamptz' })
  started!: Date;

  /** How long it took. */
  @Column({ type: 'integer' })
  milliseconds!: number;

  /** HTTP status; null without a response. */
  @Column({ type: 'integer', nullable: true })
  status!: number | null;

  /** Why there is no response; empty if there is one. */
  @Column({ type: 'text' })
  error!: string;

  /** The first 4 kB of the response. */
  @Column({ type: 'text' })
  answer!: string;
}
