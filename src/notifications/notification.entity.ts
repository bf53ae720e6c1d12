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
} from 'typeorm';

import { User } from '../core/users/user.entity.js';
import { oneOf } from '../database/one-of.js';
import { Event } from '../events/event.entity.js';
import { severities, type Severity } from '../webhooks/notification-body.js';

/** What a user was notified of by a transport of the mode `local`. */
@Entity()
@Check('ck_notification_severity', oneOf('severity', severities))
@Index('ix_notification_user', ['userId', 'created'])
export class Notification {
  @PrimaryColumn({ type: 'uuid', name: 'notification_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  severity!: Severity;

  /** Summary of the event. */
  @Column({ type: 'text' })
  body!: string;

  /** Null for a test, and when the event has expired. */
  @Index('ix_notification_event')
  @Column({ type: 'uuid', name: 'event_uuid', nullable: true })
  eventId!: string | null;

  @ManyToOne(() => Event, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'event_uuid', foreignKeyConstraintName: 'fk_notification_event' })
  event?: Relation<Event> | null;

  @Column({ type: 'integer', name: 'user_id' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_notification_user' })
  user?: Relation<User>;

  @Column({ type: 'boolean', default: false })
  seen!: boolean;

  @Index('ix_notification_created')
  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;
}
