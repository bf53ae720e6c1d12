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
} from 'typeorm';

import { oneOf } from '../../database/one-of.js';
import { User } from '../users/user.entity.js';

/** How a mail proves an address in a run or a verification. */
export const mailProofs = ['link', 'code'] as const;

/** How a proof was given: by the link or the code of a mail, or by a mailed invitation. */
export const proofMethods = [...mailProofs, 'invitation'] as const;
export type ProofMethod = (typeof proofMethods)[number];

/**
 * An email address that an account has or had. `User.email` is the primary one: a trigger adds its row when the account
 * gets it, and ends that row when the account gets another one. Further addresses are added and removed by
 * `UserAddresses`. An address that the account gets again has to be proved again.
 */
@Entity()
// An expression index of `nameKey`, which TypeORM cannot declare: an account has an address in one spelling.
@Index('uq_account_address_held', { synchronize: false })
@Check('ck_account_address_method', oneOf('method', proofMethods))
export class AccountAddress {
  @PrimaryColumn({ type: 'integer', name: 'user_id', primaryKeyConstraintName: 'pk_account_address' })
  userId!: number;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_account_address_user' })
  user?: Relation<User>;

  @PrimaryColumn({ type: 'varchar', length: 254, primaryKeyConstraintName: 'pk_account_address' })
  address!: string;

  /** When the account got the address. */
  @CreateDateColumn({ type: 'timestamptz' })
  since!: Date;

  /** When its owner first proved that mails to the address reach them; null: never. */
  @Column({ type: 'timestamptz', nullable: true })
  proved!: Date | null;

  /** How it was proved; null if never, or by a version that did not record it. */
  @Column({ type: 'text', nullable: true })
  method!: ProofMethod | null;

  /** The run that proved it (`FlowPlan.execution`); null outside of flows. */
  @Column({ type: 'uuid', nullable: true })
  run!: string | null;

  /** When the account no longer had it; null for one that it has. */
  @Column({ type: 'timestamptz', nullable: true })
  until!: Date | null;
}
