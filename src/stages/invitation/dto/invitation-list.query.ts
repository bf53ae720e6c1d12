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

  @TextFilter({ on: 'author.username' })
  created_by__username?: string;

  @DateTimeFilter({ on: 'invitation.expires' })
  expires?: Date;

  @TextFilter({ on: 'flow.slug' })
  flow__slug?: string;
}
