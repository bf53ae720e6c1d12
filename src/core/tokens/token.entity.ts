import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { User } from '../users/user.entity.js';

export const tokenIntents = ['verification', 'api', 'recovery', 'app_password'] as const;
export type TokenIntent = (typeof tokenIntents)[number];

/** An API key or app password of a user. */
@Entity()
@Unique('uq_token_identifier', ['identifier'])
@Check('ck_token_intent', oneOf('intent', tokenIntents))
@Check('ck_token_identifier', `"identifier" ~ '^[-a-zA-Z0-9_]+$'`)
export class Token {
  @PrimaryColumn({ type: 'uuid', name: 'token_uuid' })
  pk!: string;

  @Column({ type: 'varchar', length: 255 })
  identifier!: string;

  /** SHA-256 of the key, for lookups. */
  @Index('ix_token_key_hash')
  @Column({ type: 'bytea' })
  keyHash!: Buffer;

  /** The key, sealed by the secret box, for callers with permission to view it. */
  @Column({ type: 'text' })
  sealedKey!: string;

  @Column({ type: 'text', default: 'api' })
  intent!: TokenIntent;

  @Index('ix_token_user')
  @Column({ type: 'integer', name: 'user_id' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_token_user' })
  user?: Relation<User>;

  @Column({ type: 'text', default: '' })
  description!: string;

  /** Null: it never expires. */
  @Column({ type: 'timestamptz', nullable: true })
  expires!: Date | null;

  /** False: `expires` has no effect. */
  @Column({ type: 'boolean', default: true })
  expiring!: boolean;

  @Column({ type: 'text', nullable: true })
  managed!: string | null;
}
