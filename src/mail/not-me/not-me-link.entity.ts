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

import { User } from '../../core/users/user.entity.js';
import { oneOf } from '../../database/one-of.js';

/**
 * Effect of a link. `sign_up` deletes an unconfirmed account, `change` ends all access to an account, `address` also
 * restores the previous address.
 */
const notMeKinds = ['sign_up', 'change', 'address'] as const;
export type NotMeKind = (typeof notMeKinds)[number];

/** A "this was not me" link. Its secret is derived from `pk`; the table has a digest only. */
@Entity()
@Unique('uq_not_me_link_key_hash', ['keyHash'])
@Check('ck_not_me_link_kind', oneOf('kind', notMeKinds))
@Index('ix_not_me_link_expires', ['expires'])
export class NotMeLink {
  @PrimaryColumn({ type: 'uuid', name: 'link_uuid' })
  pk!: string;

  /** SHA-256 of the secret in the link. */
  @Column({ type: 'bytea' })
  keyHash!: Buffer;

  @Column({ type: 'text' })
  kind!: NotMeKind;

  /** Null if the user was deleted. */
  @Index('ix_not_me_link_user')
  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_not_me_link_user' })
  user?: Relation<User> | null;

  /** Address that the link was mailed to. */
  @Column({ type: 'text' })
  address!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created!: Date;

  @Column({ type: 'timestamptz' })
  expires!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  used!: Date | null;
}
