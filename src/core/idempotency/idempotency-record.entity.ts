import { Column, CreateDateColumn, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { User } from '../users/user.entity.js';

/** A request that was served, under the key that its client gave it. */
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

  /** SHA-256 of what was asked for. */
  @Column({ type: 'bytea' })
  fingerprint!: Buffer;

  /** What was answered: the text as it was, which `jsonb` would not keep. */
  @Column({ type: 'json', nullable: true })
  answer!: object | null;

  @Index('ix_idempotency_record_created')
  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;
}
