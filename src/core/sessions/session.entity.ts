import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { User } from '../users/user.entity.js';

/** A visitor's browser, between its requests. There is none of visitors who never come near a flow. */
@Entity()
export class Session {
  /** SHA-256 of the cookie: who reads the table cannot take a session over. */
  @PrimaryColumn({ type: 'bytea' })
  keyHash!: Buffer;

  /** Who is signed in; null for anybody. */
  @Index('ix_session_user')
  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_session_user' })
  user?: Relation<User> | null;

  /** JSON sealed by the secret box: the run through a flow, which may hold what a visitor typed; empty for none. */
  @Column({ type: 'text' })
  state!: string;

  /**
   * Another key has taken its place, when somebody signed in. It is good for nothing, and kept for a moment so that a
   * request that was on its way is not taken for a new visitor's.
   */
  @Column({ type: 'boolean', default: false })
  replaced!: boolean;

  /** Where it can be used from; null: anywhere. */
  @Column({ type: 'cidr', nullable: true })
  network!: string | null;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @Index('ix_session_expires')
  @Column({ type: 'timestamptz' })
  expires!: Date;
}
