import {
  Column,
  Entity,
  Index,
  JoinColumn,
  JoinTable,
  ManyToMany,
  ManyToOne,
  PrimaryColumn,
  type Relation,
  Unique,
} from 'typeorm';

import { Role } from '../permissions/role.entity.js';
import { User } from '../users/user.entity.js';

/** A group of users. Its members also belong to its ancestor groups. */
@Entity('group')
@Unique('uq_group_name', ['name'])
export class Group {
  @PrimaryColumn({ type: 'uuid', name: 'group_uuid' })
  pk!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Whether members are superusers. */
  @Column({ type: 'boolean', default: false })
  isSuperuser!: boolean;

  @Index('ix_group_parent')
  @Column({ type: 'uuid', name: 'parent_uuid', nullable: true })
  parentId!: string | null;

  @ManyToOne(() => Group, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'parent_uuid', foreignKeyConstraintName: 'fk_group_parent' })
  parent?: Relation<Group> | null;

  @Column({ type: 'jsonb', default: {} })
  attributes!: Record<string, unknown>;

  @ManyToMany(() => User, (user) => user.groups)
  @JoinTable({
    name: 'group_user',
    joinColumn: { name: 'group_uuid', foreignKeyConstraintName: 'fk_group_user_group' },
    inverseJoinColumn: { name: 'user_id', foreignKeyConstraintName: 'fk_group_user_user' },
  })
  users?: Relation<User[]>;

  @ManyToMany(() => Role)
  @JoinTable({
    name: 'group_role',
    joinColumn: { name: 'group_uuid', foreignKeyConstraintName: 'fk_group_role_group' },
    inverseJoinColumn: { name: 'role_uuid', foreignKeyConstraintName: 'fk_group_role_role' },
  })
  roles?: Relation<Role[]>;
}
