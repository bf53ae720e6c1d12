import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Ends the session of a signed-in visitor. */
@StageKindEntity('user_logout')
export class UserLogoutStage extends Stage {}
