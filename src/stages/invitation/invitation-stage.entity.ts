import { Check, ChildEntity, Column } from 'typeorm';

import { Stage } from '../../flows/stage.entity.js';

/** Passes with an invitation. */
@ChildEntity('invitation')
@Check('ck_stage_invitation', `"kind" <> 'invitation' OR "continue_flow_without_invitation" IS NOT NULL`)
export class InvitationStage extends Stage {
  @Column({ type: 'boolean' })
  continueFlowWithoutInvitation = false;
}
