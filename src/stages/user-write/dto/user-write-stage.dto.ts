import { Group } from '../../../core/groups/group.entity.js';
import { type UserType, userTypes } from '../../../core/users/user.entity.js';
import { StageFields } from '../../../flows/dto/stage.dto.js';
import { describeConstraint } from '../../../rest/errors/database-conflict.js';
import { BooleanField, ChoiceField, TextField, UuidField } from '../../../rest/fields/fields.js';
import { exists } from '../../../rest/fields/rules.js';
import { type UserCreationMode, userCreationModes } from '../user-write-stage.entity.js';

describeConstraint('fk_stage_create_users_group', 'create_users_group', 'The group has just been deleted.');

/** The fields of a user write stage. */
export class UserWriteStageFields extends StageFields {
  @ChoiceField('UserCreationModeEnum', userCreationModes, {
    description: 'When to create a user: never, if the run has none, or always.',
  })
  user_creation_mode!: UserCreationMode;

  @BooleanField({
    description: 'Create users inactive. An email stage with `activate_user_on_success` activates them.',
  })
  create_users_as_inactive!: boolean;

  @UuidField({
    nullable: true,
    description: 'Group that new users join. Setting it requires the permission to add users to that group.',
    rules: [exists(() => Group)],
  })
  create_users_group!: string | null;

  @ChoiceField('UserTypeEnum', userTypes, { description: 'Type of new users.' })
  user_type!: UserType;

  @TextField({ allowBlank: true, description: 'Path of new users; `users` if empty.', example: 'users' })
  user_path_template!: string;
}
