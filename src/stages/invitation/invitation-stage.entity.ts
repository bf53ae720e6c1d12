import { Column } from 'typeorm';

import { StageKindEntity } from '../../flows/stage-kind-entity.js';
import { Stage } from '../../flows/stage.entity.js';

/** Requires an invitation. */
@StageKindEntity('invitation')
export class InvitationStage extends Stage {
  @Column({ type: 'boolean' })
  continueFlowWithoutInvitation = false;
}
