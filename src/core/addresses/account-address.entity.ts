import { Column, CreateDateColumn, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';

import { User } from '../users/user.entity.js';

/**
 * An email address that an account has or had, spelled as in `User.email`. A trigger adds it when the account gets the
 * address.
 */
@Entity()
export class AccountAddress {
  @PrimaryColumn({ type: 'integer', name: 'user_id', primaryKeyConstraintName: 'pk_account_address' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_account_address_user' })
  user?: Relation<User>;

  @PrimaryColumn({ type: 'varchar', length: 254, primaryKeyConstraintName: 'pk_account_address' })
  address!: string;

  /** When the account first had the address. */
  @CreateDateColumn({ type: 'timestamptz' })
  since!: Date;

  /** When its owner first proved that mails to the address reach them; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  proved!: Date | null;
}
