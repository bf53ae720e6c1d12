import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  Index,
  OneToMany,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { DeliveryAttempt } from './delivery-attempt.entity.js';
import { type MessageState, messageStates } from './message-states.js';
import type { StoredMailData } from './stored-mail-data.js';

/** A mail that is to be sent, or was: what is needed to render and send it, and what became of it. */
@Entity()
@Unique('uq_mail_message_message_id', ['messageId'])
@Check('ck_mail_message_state', oneOf('state', messageStates))
@Index('ix_mail_message_created', ['created'])
// Not by the state, which changes at every step: only changes of indexed columns have to be written to the indexes.
@Index('ix_mail_message_waiting', ['nextAttempt'], { where: '"next_attempt" IS NOT NULL' })
@Index('ix_mail_message_finished', ['finished'], { where: '"finished" IS NOT NULL' })
export class MailMessage {
  @PrimaryColumn({ type: 'uuid', name: 'message_uuid' })
  pk!: string;

  /** `Message-ID` without its brackets; the same at every try, so that a mail that comes twice is seen as one. */
  @Column({ type: 'text' })
  messageId!: string;

  @Column({ type: 'text', default: 'queued' })
  state!: MessageState;

  /** The stage that sends it, or null for a mail of the service itself. No foreign key: the stage may go first. */
  @Index('ix_mail_message_stage')
  @Column({ type: 'uuid', name: 'stage_uuid', nullable: true })
  stageId!: string | null;

  /** Path of the template, such as `email/password_reset.html`. */
  @Column({ type: 'text' })
  template!: string;

  @Column({ type: 'text' })
  subject!: string;

  /** What the template is filled with. No secret and no link that works: those are made when it is sent. */
  @Column({ type: 'jsonb' })
  data!: StoredMailData;

  @Column({ type: 'text', default: '' })
  recipientName!: string;

  @Index('ix_mail_message_recipient')
  @Column({ type: 'text' })
  recipientAddress!: string;

  @Column({ type: 'text' })
  fromAddress!: string;

  /** BCP 47. */
  @Column({ type: 'text' })
  locale!: string;

  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  /** How many of these were made before it was last put into the queue. */
  @Column({ type: 'integer', default: 0 })
  earlierAttempts!: number;

  /** When it is tried next; null when it is not tried any more. */
  @Column({ type: 'timestamptz', nullable: true })
  nextAttempt!: Date | null;

  /** Until when the worker that sends it is believed to live. */
  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** After this moment it is of no use any more, because its link is dead. */
  @Column({ type: 'timestamptz', nullable: true })
  deadline!: Date | null;

  /** Why it was not sent, in words. */
  @Column({ type: 'text', default: '' })
  reason!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  /** When it was last put into the queue: when it was made, or when somebody had it sent again. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  queued!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finished!: Date | null;

  @OneToMany(() => DeliveryAttempt, (attempt) => attempt.message)
  deliveryAttempts?: Relation<DeliveryAttempt[]>;
}
