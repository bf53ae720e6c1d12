import {
  Check,
  Column,
  Entity,
  Generated,
  Index,
  JoinColumn,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';

import { User } from '../users/user.entity.js';
import { Role } from './role.entity.js';

/**
 * A permission that a user or a role has: everywhere, or on one object. It goes with its holder; a trigger on the table
 * of every model (`forget_grants`) deletes it with its object, for every way to delete one.
 */
@Entity()
@Index('ix_permission_grant_object', ['objectPk'], { where: `"object_pk" <> ''` })
@Check('ck_permission_grant_holder', `num_nonnulls("user_id", "role_uuid") = 1`)
@Unique('uq_permission_grant_user', ['userId', 'codename', 'objectPk'])
@Unique('uq_permission_grant_number', ['number'])
@Unique('uq_permission_grant_role', ['roleId', 'codename', 'objectPk'])
export class PermissionGrant {
  @PrimaryColumn({ type: 'uuid', name: 'grant_uuid' })
  pk!: string;

  /** What clients call it by. */
  @Column({ type: 'integer' })
  @Generated('increment')
  number!: number;

  @Column({ type: 'integer', name: 'user_id', nullable: true })
  userId!: number | null;

  @ManyToOne(() => User, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'fk_permission_grant_user' })
  user?: Relation<User> | null;

  @Column({ type: 'uuid', name: 'role_uuid', nullable: true })
  roleId!: string | null;

  @ManyToOne(() => Role, { onDelete: 'CASCADE', nullable: true })
  @JoinColumn({ name: 'role_uuid', foreignKeyConstraintName: 'fk_permission_grant_role' })
  role?: Relation<Role> | null;

  /** `<app>.<action>_<model>`, such as `authentik_flows.view_flow`. */
  @Column({ type: 'text' })
  codename!: string;

  /** Primary key of the one object, as text; empty for every object. */
  @Column({ type: 'text', default: '' })
  objectPk!: string;
}
