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

/** A queued or finished mail: the data to render and send it, and its delivery state. */
@Entity()
@Unique('uq_mail_message_message_id', ['messageId'])
@Check('ck_mail_message_state', oneOf('state', messageStates))
@Index('ix_mail_message_created', ['created'])
// Not indexed by state: it changes at every step, and updates of unindexed columns leave the indexes alone.
@Index('ix_mail_message_waiting', ['nextAttempt'], { where: '"next_attempt" IS NOT NULL' })
@Index('ix_mail_message_finished', ['finished'], { where: '"finished" IS NOT NULL' })
export class MailMessage {
  @PrimaryColumn({ type: 'uuid', name: 'message_uuid' })
  pk!: string;

  /** `Message-ID` without angle brackets; the same for every attempt, so that mail clients recognize duplicates. */
  @Column({ type: 'text' })
  messageId!: string;

  @Column({ type: 'text', default: 'queued' })
  state!: MessageState;

  /** Sending stage; null for mails of the service itself. No foreign key: the stage may be deleted first. */
  @Index('ix_mail_message_stage')
  @Column({ type: 'uuid', name: 'stage_uuid', nullable: true })
  stageId!: string | null;

  /** Named transport that the mail goes through in place of a stage; no foreign key, as for the stage. */
  @Column({ type: 'uuid', name: 'transport_uuid', nullable: true })
  transportId!: string | null;

  /** Path of the template, such as `email/password_reset.html`. */
  @Column({ type: 'text' })
  template!: string;

  @Column({ type: 'text' })
  subject!: string;

  /** Template data, without secrets and working links: those are derived at the time of sending. */
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

  /** Attempts made before it was last queued. */
  @Column({ type: 'integer', default: 0 })
  earlierAttempts!: number;

  /** Time of the next attempt; null if there will be none. */
  @Column({ type: 'timestamptz', nullable: true })
  nextAttempt!: Date | null;

  /** Expiry of the lease of the worker that is sending it. */
  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil!: Date | null;

  /** Not sent after this time, because its link has expired. */
  @Column({ type: 'timestamptz', nullable: true })
  deadline!: Date | null;

  /** Why it was not sent. */
  @Column({ type: 'text', default: '' })
  reason!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  /** When it was last queued: on creation or by a requeue. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  queued!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  finished!: Date | null;

  @OneToMany(() => DeliveryAttempt, (attempt) => attempt.message)
  deliveryAttempts?: Relation<DeliveryAttempt[]>;
}
