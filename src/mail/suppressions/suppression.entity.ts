import { Check, Column, CreateDateColumn, Entity, Index, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

import { oneOf } from '../../database/one-of.js';

/** `manual`: an administrator blocked it. */
export const suppressionReasons = ['manual', 'bounce', 'complaint'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** Model of the permissions. */
export const suppressionModel = 'authentik_mail.suppression';

/** An address, or all addresses of a domain, that gets no mail. */
@Entity()
@Unique('uq_suppression_address', ['address'])
@Check('ck_suppression_reason', oneOf('reason', suppressionReasons))
@Index('ix_suppression_expires', ['expires'], { where: '"expires" IS NOT NULL' })
export class Suppression {
  @PrimaryColumn({ type: 'uuid', name: 'suppression_uuid' })
  pk!: string;

  /** As `suppressedForm` returns it. A domain has no `@`. */
  @Column({ type: 'varchar', length: 320 })
  address!: string;

  @Column({ type: 'text', default: 'manual' })
  reason!: SuppressionReason;

  /** The mail that came back. No foreign key: mails are deleted after MAIL_RETENTION. */
  @Column({ type: 'uuid', name: 'message_uuid', nullable: true })
  messageId!: string | null;

  @Column({ type: 'text', default: '' })
  note!: string;

  /** Null: until it is deleted. */
  @Column({ type: 'timestamptz', nullable: true })
  expires!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  lastUpdated!: Date;
}
