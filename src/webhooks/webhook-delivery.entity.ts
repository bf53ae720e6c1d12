import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';

import { oneOf } from '../database/one-of.js';
import { OutgoingEvent } from '../events/outbox/outgoing-event.entity.js';
import { NotificationTransport } from './notification-transport.entity.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';

/**
 * The states of a delivery:
 *
 *     pending ──┬─▶ delivered   the receiver answered with 2xx
 *        ▲      └─▶ failed      24 hours of attempts have failed, or the receiver answered with 410
 *        └──────────┘           an administrator replays it
 */
export const deliveryStates = ['pending', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** An event on its way to an endpoint, or a notification on its way to a transport. */
@Entity()
@Unique('uq_webhook_delivery_event', ['eventId', 'endpointId'])
@Check('ck_webhook_delivery_receiver', 'num_nonnulls("endpoint_uuid", "transport_uuid") = 1')
@Check('ck_webhook_delivery_state', oneOf('state', deliveryStates))
@Index('ix_webhook_delivery_endpoint', ['endpointId', 'created'])
@Index('ix_webhook_delivery_pending', ['endpointId', 'nextAttempt'], { where: `state = 'pending'` })
@Index('ix_webhook_delivery_transport', ['transportId', 'nextAttempt'], { where: 'transport_uuid is not null' })
export class WebhookDelivery {
  @PrimaryColumn({ type: 'uuid', name: 'delivery_uuid' })
  pk!: string;

  @Column({ type: 'uuid', name: 'event_uuid' })
  eventId!: string;

  @ManyToOne(() => OutgoingEvent, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'event_uuid', foreignKeyConstraintName: 'fk_webhook_delivery_event' })
  event?: Relation<OutgoingEvent>;

  @Column({ type: 'uuid', name: 'endpoint_uuid', nullable: true })
  endpointId!: string | null;

  @ManyToOne(() => WebhookEndpoint, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'endpoint_uuid', foreignKeyConstraintName: 'fk_webhook_delivery_endpoint' })
  endpoint?: Relation<WebhookEndpoint> | null;

  @Column({ type: 'uuid', name: 'transport_uuid', nullable: true })
  transportId!: string | null;

  @ManyToOne(() => NotificationTransport, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'transport_uuid', foreignKeyConstraintName: 'fk_webhook_delivery_transport' })
  transport?: Relation<NotificationTransport> | null;

  @Column({ type: 'text', default: 'pending' })
  state!: DeliveryState;

  /** Attempts so far. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** Attempts before the last replay, which starts the schedule of retries over. */
  @Column({ type: 'integer', default: 0 })
  earlierAttempts!: number;

  /** Null in a final state. */
  @Column({ type: 'timestamptz', nullable: true, default: () => 'now()' })
  nextAttempt!: Date | null;

  /** When it reached a final state. */
  @Column({ type: 'timestamptz', nullable: true })
  finished!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;
}
