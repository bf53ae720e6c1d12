import { DateTimeFilter, TextFilter } from '../../../rest/list/filters.js';
import { ListOf, ListQuery } from '../../../rest/list/list-query.js';
import { invitationColumns, invitationRowColumns } from '../invitation.mapper.js';

@ListOf({
  columns: invitationRowColumns,
  search: ['invitation.name', 'author.username', 'invitation.expires', 'flow.slug'],
  order: ['-expires'],
  ordering: Object.keys(invitationColumns),
})
export class InvitationListQuery extends ListQuery {
  @TextFilter({ on: 'invitation.name' })
  name?: string;

  @TextFilter({ on: 'author.username', description: 'Name of the user who created the invitation.' })
  created_by__username?: string;

  @DateTimeFilter({ on: 'invitation.expires' })
  expires?: Date;

  @TextFilter({ on: 'flow.slug', description: 'Slug of the flow that the invitation is limited to.' })
  flow__slug?: string;
}
