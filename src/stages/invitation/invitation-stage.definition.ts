import { EventsModule } from '../../events/events.module.js';
import { BooleanFilter, TextFilter, UuidFilter } from '../../rest/list/filters.js';
import { defineStage } from '../define-stage.js';
import { stageTypes } from '../stage-types.js';
import { InvitationStageFields } from './dto/invitation-stage.dto.js';
import { InvitationStage } from './invitation-stage.entity.js';
import { InvitationStageExecutor } from './invitation-stage.executor.js';
import { InvitationModule } from './invitation.module.js';

/** The invitation stage. */
export const invitationStage = defineStage({
  kind: 'invitation',
  path: 'invitation/stages',
  description: 'Requires an invitation, and adds its data to the run.',
  entity: InvitationStage,
  ...stageTypes('invitation', InvitationStageFields),
  filters: {
    name: TextFilter({ on: 'stage.name' }),
    no_flows: BooleanFilter({
      on: '(not exists (select from "flow_stage_binding" b where b.stage_uuid = stage.pk ))',
      description: 'Whether the stage is bound to no flow.',
    }),
    continue_flow_without_invitation: BooleanFilter({ on: 'stage.continueFlowWithoutInvitation' }),
    stage_uuid: UuidFilter({ on: 'stage.pk' }),
  },
  executor: InvitationStageExecutor,
  imports: [EventsModule, InvitationModule],
});
