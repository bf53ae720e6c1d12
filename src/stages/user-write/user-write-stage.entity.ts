import { Check, Column, Index, JoinColumn, ManyToOne, type Relation } from 'typeorm';

import { Group } from '../../core/groups/group.entity.js';
import { type UserType, userTypes } from '../../core/users/user.entity.js';
import { oneOf } from '../../database/one-of.js';
import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

export const userCreationModes = ['never_create', 'create_when_required', 'always_create'] as const;
export type UserCreationMode = (typeof userCreationModes)[number];

/** Writes the data of the run to the pending user, or creates a user from it. */
@StageKindEntity('user_write')
@Check('ck_stage_user_creation_mode', oneOf('user_creation_mode', userCreationModes))
@Check('ck_stage_user_type', oneOf('user_type', userTypes))
export class UserWriteStage extends Stage {
  @Column({ type: 'text' })
  userCreationMode: UserCreationMode = 'create_when_required';

  /** New users are inactive until their address is confirmed. */
  @Column({ type: 'boolean' })
  createUsersAsInactive = false;

  @Index('ix_stage_create_users_group')
  @Column({ type: 'uuid', name: 'create_users_group_uuid', nullable: true })
  createUsersGroupId: string | null = null;

  @ManyToOne(() => Group, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'create_users_group_uuid', foreignKeyConstraintName: 'fk_stage_create_users_group' })
  createUsersGroup?: Relation<Group> | null;

  @Column({ type: 'text' })
  userType: UserType = 'external';

  /** Path of new users; empty for `users`. */
  @Column({ type: 'text' })
  userPathTemplate = '';
}
