import { Group } from '../../core/groups/group.entity.js';
import { userTypes } from '../../core/users/user.entity.js';
import { EventsModule } from '../../events/events.module.js';
import { BooleanFilter, ChoiceFilter, RelationFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { UserWriteStageFields } from './dto/user-write-stage.dto.js';
import { GroupReferences } from './group-references.js';
import { ReplacedSignUp } from './replaced-sign-up.service.js';
import { SignUpLimit } from './sign-up-limit.js';
import { UnconfirmedUsers } from './unconfirmed-users.service.js';
import { userCreationModes, UserWriteStage } from './user-write-stage.entity.js';
import { UserWriteStageExecutor } from './user-write-stage.executor.js';

/** The user write stage. */
export const userWriteStage = defineStage({
  kind: 'user_write',
  description: 'Writes the collected data to the pending user, or creates a user from it.',
  entity: UserWriteStage,
  ...stageTypes('user_write', UserWriteStageFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
    user_creation_mode: ChoiceFilter(userCreationModes, { on: 'stage.userCreationMode' }),
    create_users_as_inactive: BooleanFilter({ on: 'stage.createUsersAsInactive' }),
    create_users_group: RelationFilter(() => Group, { on: 'stage.createUsersGroupId' }),
    user_type: ChoiceFilter(userTypes, { on: 'stage.userType' }),
    user_path_template: TextFilter({ on: 'stage.userPathTemplate' }),
  },
  // An editor of the stage could sign up to join the group of new users.
  handsOn: ({ createUsersGroupId: group }) => ({ groups: group === null ? [] : [group], superuserBy: [] }),
  executor: UserWriteStageExecutor,
  imports: [EventsModule],
  providers: [GroupReferences, ReplacedSignUp, SignUpLimit, UnconfirmedUsers],
});
