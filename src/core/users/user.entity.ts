import { Check, Column, Entity, Index, ManyToMany, PrimaryGeneratedColumn, type Relation, Unique } from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { Group } from '../groups/group.entity.js';

export const userTypes = ['internal', 'external', 'service_account', 'internal_service_account'] as const;
export type UserType = (typeof userTypes)[number];

/** An account of a person or a program. */
@Entity('user')
@Unique('uq_user_username', ['username'])
@Unique('uq_user_uuid', ['uuid'])
// Expression indexes of `nameKey`, which TypeORM cannot declare; migrations create them.
@Index('ix_user_name_username', { synchronize: false })
@Index('ix_user_name_email', { synchronize: false })
@Index('ix_user_name_upn', { synchronize: false })
@Index('ix_user_awaits_confirmation', ['passwordChangeDate'], { where: '"awaits_confirmation"' })
@Check('ck_user_type', oneOf('type', userTypes))
@Check('ck_user_awaits_confirmation', `NOT ("is_active" AND "awaits_confirmation")`)
export class User {
  @PrimaryGeneratedColumn({ type: 'integer', name: 'id', primaryKeyConstraintName: 'pk_user' })
  pk!: number;

  @Column({ type: 'uuid' })
  uuid!: string;

  @Column({ type: 'varchar', length: 150 })
  username!: string;

  /**
   * Skeleton of the user name (`skeletonOf`). Accounts from before the rule against lookalikes may share it; null for a
   * row of an older release.
   */
  @Index('ix_user_username_skeleton')
  @Column({ type: 'text', nullable: true })
  usernameSkeleton!: string | null;

  @Column({ type: 'text', default: '' })
  name!: string;

  @Column({ type: 'varchar', length: 254, default: '' })
  email!: string;

  @Column({ type: 'boolean', default: true })
  isActive!: boolean;

  /**
   * Signed up but not confirmed: only such a user is activated by a mail. Never set together with `isActive`; cleared when
   * an administrator sets `isActive`.
   */
  @Column({ type: 'boolean', default: false })
  awaitsConfirmation!: boolean;

  /** Argon2id hash of the password, never returned; empty if none. */
  @Column({ type: 'text', default: '' })
  passwordHash!: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  passwordChangeDate!: Date;

  @Column({ type: 'timestamptz', nullable: true })
  lastLogin!: Date | null;

  @Column({ type: 'text', default: 'users' })
  path!: string;

  @Column({ type: 'text', default: 'internal' })
  type!: UserType;

  @Column({ type: 'jsonb', default: {} })
  attributes!: Record<string, unknown>;

  @ManyToMany(() => Group, (group) => group.users)
  groups?: Relation<Group[]>;
}
