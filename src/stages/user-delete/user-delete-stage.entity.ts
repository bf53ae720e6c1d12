import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Deletes the pending user. */
@StageKindEntity('user_delete')
export class UserDeleteStage extends Stage {}
