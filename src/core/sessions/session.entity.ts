import {
  Column,
  CreateDateColumn,
  Entity,
  Generated,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
} from 'typeorm';

import { User } from '../users/user.entity.js';
import { RunAnswers } from './run-answers.entity.js';

/** A browser session. Visitors get one when they first open a flow. */
@Entity()
export class Session {
  /** SHA-256 of the cookie, so that read access to the table does not allow session hijacking. */
  @PrimaryColumn({ type: 'bytea' })
  keyHash!: Buffer;

  /** The signed-in user; null if anonymous. */
  @Index('ix_session_user')
  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_session_user' })
  user?: Relation<User> | null;

  /** State of the flow run as JSON, sealed because it may contain user input; empty if none. */
  @Column({ type: 'text' })
  state!: string;

  /** Key of the answers that the state refers to; null if there are none. */
  @Index('ix_session_answers')
  @Column({ type: 'text', name: 'answers', nullable: true })
  answersKey!: string | null;

  @ManyToOne(() => RunAnswers, { nullable: true })
  @JoinColumn({ name: 'answers', foreignKeyConstraintName: 'fk_session_answers' })
  answers?: Relation<RunAnswers> | null;

  /**
   * Whether a sign-in has replaced the key. A replaced session grants nothing; it is kept briefly so that a concurrent
   * request does not start a new session.
   */
  @Column({ type: 'boolean', default: false })
  replaced!: boolean;

  /** Network that the session is bound to; null if unbound. */
  @Column({ type: 'cidr', nullable: true })
  network!: string | null;

  /**
   * Name of the session in the API. The key is a secret, and its hash is the primary key. Every session has one; that the
   * column can be null let a migration add it without writing every row at once.
   */
  @Index('uq_session_uuid', { unique: true })
  @Column({ type: 'uuid', name: 'session_uuid', nullable: true })
  @Generated('uuid')
  pk!: string;

  /** Address that last used the session; empty if unknown. */
  @Column({ type: 'text', default: '' })
  lastIp!: string;

  /** `User-Agent` of the browser that last used the session; empty if unknown. */
  @Column({ type: 'text', default: '' })
  lastUserAgent!: string;

  /** When the session was last used, to within some minutes. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  lastUsed!: Date;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  /** When its user has signed in; a session that a flow renews without a proof keeps the time. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  authenticated!: Date;

  @Index('ix_session_expires')
  @Column({ type: 'timestamptz' })
  expires!: Date;
}
