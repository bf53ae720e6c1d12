import { Group } from '../../../core/groups/group.entity.js';
import { userTypes } from '../../../core/users/user.entity.js';
import { BooleanFilter, ChoiceFilter, RelationFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { userCreationModes } from '../user-write-stage.entity.js';
import { userWriteStageColumns } from '../user-write-stage.mapper.js';

@ListOf({
  columns: userWriteStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(userWriteStageColumns),
})
export class UserWriteStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;

  @ChoiceFilter(userCreationModes, { on: 'stage.userCreationMode' })
  user_creation_mode?: string;

  @BooleanFilter({ on: 'stage.createUsersAsInactive' })
  create_users_as_inactive?: boolean;

  @RelationFilter(() => Group, { on: 'stage.createUsersGroupId' })
  create_users_group?: string;

  @ChoiceFilter(userTypes, { on: 'stage.userType' })
  user_type?: string;

  @TextFilter({ on: 'stage.userPathTemplate' })
  user_path_template?: string;
}
