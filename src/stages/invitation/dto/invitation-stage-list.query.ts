import { BooleanFilter, TextFilter, UuidFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { invitationStageColumns } from '../invitation-stage.mapper.js';

@ListOf({
  columns: invitationStageColumns,
  search: ['stage.name'],
  order: ['name'],
  ordering: Object.keys(invitationStageColumns),
})
export class InvitationStageListQuery extends ListQuery {
  @TextFilter({ on: 'stage.name' })
  name?: string;

  @BooleanFilter({
    on: '(not exists (select from "flow_stage_binding" b where b.stage_uuid = stage.pk ))',
    description: 'Whether it stands in no flow.',
  })
  no_flows?: boolean;

  @BooleanFilter({ on: 'stage.continueFlowWithoutInvitation' })
  continue_flow_without_invitation?: boolean;

  @UuidFilter({ on: 'stage.pk' })
  stage_uuid?: string;
}
