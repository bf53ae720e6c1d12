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

import { mailProofs, type ProofMethod } from '../core/addresses/account-address.entity.js';
import { RunAnswers } from '../core/sessions/run-answers.entity.js';
import { User } from '../core/users/user.entity.js';
import { oneOf } from '../database/one-of.js';
import { Flow } from '../flows/flow.entity.js';
import { Stage } from '../flows/stage.entity.js';

/** `confirm`: proves an address to the stage that mailed it. `recovery`: made by an administrator for a user. */
const flowTokenPurposes = ['confirm', 'recovery'] as const;
export type FlowTokenPurpose = (typeof flowTokenPurposes)[number];

/**
 * The one-time token of a link: the user, the plan that it restores and its expiry. Its secret is derived from `pk` and
 * SECRET_KEY when needed (`mail/delivery/mail-link.ts`); only a digest of the secret is stored.
 */
@Entity()
@Unique('uq_flow_token_key_hash', ['keyHash'])
@Check('ck_flow_token_purpose', oneOf('purpose', flowTokenPurposes))
@Check('ck_flow_token_spent_by', oneOf('spent_by', mailProofs))
@Check('ck_flow_token_stage', `"purpose" <> 'confirm' OR "stage_uuid" IS NOT NULL`)
@Index('ix_flow_token_execution', ['execution'])
@Index('ix_flow_token_expires', ['expires'])
export class FlowToken {
  @PrimaryColumn({ type: 'uuid', name: 'token_uuid' })
  pk!: string;

  /** SHA-256 of the secret in the link. */
  @Column({ type: 'bytea' })
  keyHash!: Buffer;

  @Column({ type: 'text' })
  purpose!: FlowTokenPurpose;

  /** Null after the user was deleted: the link is dead, and its page shows why. */
  @Index('ix_flow_token_user')
  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_flow_token_user' })
  user?: Relation<User> | null;

  /** The user's address when the token was issued; a change kills the link. */
  @Column({ type: 'text' })
  userAddress!: string;

  /** The address that the link was mailed to, which it proves. */
  @Column({ type: 'text' })
  address!: string;

  @Index('ix_flow_token_flow')
  @Column({ type: 'uuid', name: 'flow_uuid' })
  flowId!: string;

  @ManyToOne(() => Flow, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'flow_uuid', foreignKeyConstraintName: 'fk_flow_token_flow' })
  flow?: Relation<Flow>;

  /** The stage that mailed it; null for a link that was only shown. */
  @Index('ix_flow_token_stage')
  @Column({ type: 'uuid', name: 'stage_uuid', nullable: true })
  stageId!: string | null;

  @ManyToOne(() => Stage, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'stage_uuid', foreignKeyConstraintName: 'fk_flow_token_stage' })
  stage?: Relation<Stage> | null;

  /** The run that it belongs to (`FlowPlan.execution`). */
  @Column({ type: 'uuid' })
  execution!: string;

  /** The rest of the run (`FlowPlan`) as JSON, sealed because it may hold answers. Empty once the link is dead. */
  @Column({ type: 'text' })
  plan!: string;

  /** Key of the answers that the plan refers to; null if there are none, or once the link is dead. */
  @Index('ix_flow_token_answers')
  @Column({ type: 'text', name: 'answers', nullable: true })
  answersKey!: string | null;

  @ManyToOne(() => RunAnswers, { nullable: true })
  @JoinColumn({ name: 'answers', foreignKeyConstraintName: 'fk_flow_token_answers' })
  answers?: Relation<RunAnswers> | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz' })
  expires!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  spent!: Date | null;

  /** Whether the link or the code of the mail spent it; null if unspent, or spent by a version that did not record it. */
  @Column({ type: 'text', nullable: true })
  spentBy!: ProofMethod | null;

  /** When a newer mail replaced it. */
  @Column({ type: 'timestamptz', nullable: true })
  superseded!: Date | null;
}
