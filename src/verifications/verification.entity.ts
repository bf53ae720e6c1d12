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

import { User } from '../core/users/user.entity.js';
import { oneOf } from '../database/one-of.js';
import {
  type ProofKind,
  proofKinds,
  type VerificationMethod,
  verificationMethods,
  type VerificationState,
  verificationStates,
} from './verification-states.js';

/** A mailed question whether an address belongs to its reader, asked by an application. */
@Entity()
@Unique('uq_verification_key_hash', ['keyHash'])
@Check('ck_verification_status', oneOf('status', verificationStates))
@Check('ck_verification_method', oneOf('method', verificationMethods))
@Check('ck_verification_approved_by', oneOf('approved_by', proofKinds))
@Index('ix_verification_created', ['created'])
@Index('ix_verification_expires', ['expires'])
@Index('ix_verification_pending', ['expires'], { where: `"status" = 'pending'` })
@Index('ix_verification_message', ['message'], { where: `"status" = 'pending'` })
export class Verification {
  @PrimaryColumn({ type: 'uuid', name: 'verification_uuid' })
  pk!: string;

  /** SHA-256 of the secret in the link, which is derived from `pk`. */
  @Column({ type: 'bytea' })
  keyHash!: Buffer;

  @Index('ix_verification_email')
  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'text' })
  method!: VerificationMethod;

  /** As stored; `statusOf` is the state at this time. */
  @Column({ type: 'text', default: 'pending' })
  status!: VerificationState;

  /** The email stage whose sender, template, subject, expiry and limits apply; no foreign key, as in `mail_message`. */
  @Column({ type: 'uuid', name: 'stage_uuid', nullable: true })
  stageId!: string | null;

  @Column({ type: 'text' })
  template!: string;

  /** BCP 47. */
  @Column({ type: 'text' })
  locale!: string;

  @Column({ type: 'text', nullable: true })
  redirectUrl!: string | null;

  /** Kept for the application. */
  @Column({ type: 'jsonb', default: {} })
  data!: Record<string, unknown>;

  @Index('ix_verification_external_id')
  @Column({ type: 'varchar', length: 255, default: '' })
  externalId!: string;

  /** Number of mails, which are part of the key of a code: each mail has a new one. */
  @Column({ type: 'integer', default: 1 })
  mails!: number;

  /** The last mail. No foreign key: mails are deleted earlier. */
  @Column({ type: 'uuid', name: 'message_uuid' })
  message!: string;

  /** Expiry of the code in the last mail. */
  @Column({ type: 'timestamptz' })
  codeExpires!: Date;

  /** Number of wrong codes. */
  @Column({ type: 'integer', default: 0 })
  attempts!: number;

  @Index('ix_verification_created_by')
  @Column({ type: 'integer', name: 'created_by_id' })
  createdById!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'created_by_id', foreignKeyConstraintName: 'fk_verification_created_by' })
  createdBy?: Relation<User>;

  /** The user whose address is proved by the approval, if it is one of theirs. */
  @Index('ix_verification_user')
  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_verification_user' })
  user?: Relation<User> | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz' })
  expires!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  approvedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  approvedBy!: ProofKind | null;
}
