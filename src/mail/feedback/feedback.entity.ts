import { Check, Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import type { Relation } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { MailMessage } from '../outbox/mail-message.entity.js';

/**
 * `bounce`: the mail can never reach its recipient. `complaint`: the recipient reported it as spam. `transient`: the mail is
 * late or was lost, and the next one may arrive.
 */
export const feedbackKinds = ['bounce', 'complaint', 'transient'] as const;
export type FeedbackKind = (typeof feedbackKinds)[number];

/** What a provider reported about a mail that it had accepted. */
@Entity()
@Unique('uq_mail_feedback_event', ['provider', 'event'])
@Check('ck_mail_feedback_kind', oneOf('kind', feedbackKinds))
export class MailFeedback {
  @PrimaryColumn({ type: 'uuid', name: 'feedback_uuid' })
  pk!: string;

  @Index('ix_mail_feedback_message')
  @Column({ type: 'uuid', name: 'message_uuid' })
  messagePk!: string;

  @ManyToOne(() => MailMessage, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'message_uuid', foreignKeyConstraintName: 'fk_mail_feedback_message' })
  message?: Relation<MailMessage>;

  /** Such as `postmark`. */
  @Column({ type: 'text' })
  provider!: string;

  /** The provider's identifier of the event, by which a repeated one is recognized. */
  @Column({ type: 'text' })
  event!: string;

  @Column({ type: 'text' })
  kind!: FeedbackKind;

  /** The provider's words. */
  @Column({ type: 'text' })
  reason!: string;

  /** When it happened, according to the provider. */
  @Column({ type: 'timestamptz' })
  happened!: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  received!: Date;
}
