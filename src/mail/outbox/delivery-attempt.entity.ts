import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { MailMessage } from './mail-message.entity.js';

/** `interrupted`: the worker died; whether the server accepted the message is unknown. */
export const attemptOutcomes = ['accepted', 'captured', 'refused', 'deferred', 'interrupted'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** One attempt to send a message. */
@Entity()
@Unique('uq_delivery_attempt_number', ['messagePk', 'number'])
@Check('ck_delivery_attempt_outcome', oneOf('outcome', attemptOutcomes))
export class DeliveryAttempt {
  @PrimaryColumn({ type: 'uuid', name: 'attempt_uuid' })
  pk!: string;

  @Column({ type: 'uuid', name: 'message_uuid' })
  messagePk!: string;

  @ManyToOne(() => MailMessage, (message) => message.deliveryAttempts, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'message_uuid', foreignKeyConstraintName: 'fk_delivery_attempt_message' })
  message?: Relation<MailMessage>;

  /** From 1. */
  @Column({ type: 'integer' })
  number!: number;

  @Column({ type: 'timestamptz' })
  started!: Date;

  /** Null while in progress. */
  @Column({ type: 'timestamptz', nullable: true })
  ended!: Date | null;

  /** Null while in progress. */
  @Column({ type: 'text', nullable: true })
  outcome!: AttemptOutcome | null;

  /** The server's SMTP reply code (RFC 5321, 4.2) or HTTP status. */
  @Column({ type: 'integer', nullable: true })
  code!: number | null;

  @Column({ type: 'text', default: '' })
  reply!: string;

  /** Reason for a failure, as text. */
  @Column({ type: 'text', default: '' })
  reason!: string;

  /** Kind of the transport, with the name of the provider if the kind has several: `smtp`, `http/resend`. */
  @Column({ type: 'text', default: '' })
  provider!: string;

  /** Name of the named transport at that time; empty if the mail went through none. */
  @Column({ type: 'text', default: '' })
  transport!: string;

  /** The message's identifier at the server or provider; empty if it names none. */
  @Index('ix_delivery_attempt_provider_message', { where: `"provider_message_id" <> ''` })
  @Column({ type: 'text', default: '' })
  providerMessageId!: string;

  /** `host:port` */
  @Column({ type: 'text', default: '' })
  server!: string;

  /** Such as `TLSv1.3`; null for an unencrypted connection. */
  @Column({ type: 'text', nullable: true })
  tls!: string | null;
}
