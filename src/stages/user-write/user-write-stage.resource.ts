import { Resource } from '../../rest/resource.js';
import { UserWriteStageDto } from './dto/user-write-stage.dto.js';
import { UserWriteStage } from './user-write-stage.entity.js';

/** The routes below `/stages/user_write/`. */
export const userWriteStages = new Resource({
  operations: 'stages_user_write',
  model: 'authentik_stages_user_write.userwritestage',
  noun: 'user write stage',
  answer: UserWriteStageDto,
  cached: true,
  lookup: {
    entity: () => UserWriteStage,
    parameter: 'stage_uuid',
    property: 'pk',
    format: 'uuid',
    description: 'UUID of the user write stage.',
  },
});
