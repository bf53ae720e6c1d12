import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { User } from '../users/user.entity.js';

/** A completed request and its idempotency key. */
@Entity()
export class IdempotencyRecord {
  @PrimaryColumn({ type: 'integer', name: 'user_id' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_idempotency_record_user' })
  user?: Relation<User>;

  /** Method and pattern of the path. */
  @PrimaryColumn({ type: 'text' })
  route!: string;

  @PrimaryColumn({ type: 'text' })
  key!: string;

  /** SHA-256 of path parameters, query and body. */
  @Column({ type: 'bytea' })
  fingerprint!: Buffer;

  /** Stored response; `json` rather than `jsonb` to preserve its exact text. */
  @Column({ type: 'json', nullable: true })
  answer!: object | null;

  @Index('ix_idempotency_record_created')
  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;
}
