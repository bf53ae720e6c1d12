import type { StageDto } from '../../flows/dto/stage.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { UserWriteStageDto } from './dto/user-write-stage.dto.js';

/** What is read of a user write stage for the clients, of a statement that calls it `stage`. */
export const userWriteStageColumns = {
  pk: 'stage.pk',
  name: 'stage.name',
  user_creation_mode: 'stage.userCreationMode',
  create_users_as_inactive: 'stage.createUsersAsInactive',
  create_users_group: 'stage.createUsersGroupId',
  user_type: 'stage.userType',
  user_path_template: 'stage.userPathTemplate',
} satisfies Columns;

/** A row of those columns. */
export type UserWriteStageRow = Pick<UserWriteStageDto, keyof typeof userWriteStageColumns>;

/** What clients see of a user write stage besides what every stage has. */
export function userWriteStageFields(row: UserWriteStageRow): Omit<UserWriteStageDto, keyof StageDto> {
  return {
    user_creation_mode: row.user_creation_mode,
    create_users_as_inactive: row.create_users_as_inactive,
    create_users_group: row.create_users_group,
    user_type: row.user_type,
    user_path_template: row.user_path_template,
  };
}
