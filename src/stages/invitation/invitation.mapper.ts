import type { GroupMemberDto } from '../../core/groups/dto/group.dto.js';
import { memberResponse, hiddenMember } from '../../core/groups/group.mapper.js';
import type { SecretBox } from '../../database/secret-box.js';
import type { FlowDto } from '../../flows/dto/flow.dto.js';
import type { Columns } from '../../rest/list/list-query.js';
import type { InvitationDto } from './dto/invitation.dto.js';

/** Columns of an invitation, in a statement with the alias `invitation`. */
export const invitationColumns = {
  pk: 'invitation.pk',
  name: 'invitation.name',
  expires: 'invitation.expires',
  fixed_data: 'invitation.fixedData',
  single_use: 'invitation.singleUse',
  flow: 'invitation.flowId',
  mailed_to: 'invitation.mailedTo',
} satisfies Columns;

/** Columns of an invitation's response: those of the invitation, and of its creator with the alias `author`. */
export const invitationRowColumns = {
  ...invitationColumns,
  created_by: 'invitation.createdById',
  author_known: 'author.pk is not null',
  author_username: 'author.username',
  author_name: 'author.name',
  author_is_active: 'author.isActive',
  author_last_login: 'author.lastLogin',
  author_email: 'author.email',
  author_attributes: 'author.attributes',
} satisfies Columns;

/** A row of those columns. */
export type InvitationRow = Pick<InvitationDto, keyof typeof invitationColumns> & {
  readonly [Name in keyof Omit<GroupMemberDto, 'pk' | 'uid'> as `author_${Name}`]: GroupMemberDto[Name];
} & { readonly created_by: number; readonly author_known: boolean };

/**
 * Returns the response for an invitation.
 *
 * @param flow the flow that it is restricted to
 */
export function invitationResponse(row: InvitationRow, flow: FlowDto | undefined, secrets: SecretBox): InvitationDto {
  const author = {
    pk: row.created_by,
    username: row.author_username,
    name: row.author_name,
    is_active: row.author_is_active,
    last_login: row.author_last_login,
    email: row.author_email,
    attributes: row.author_attributes,
  };
  return {
    pk: row.pk,
    name: row.name,
    expires: row.expires,
    fixed_data: row.fixed_data,
    created_by: row.author_known ? memberResponse(author, secrets) : hiddenMember(row.created_by),
    single_use: row.single_use,
    flow: row.flow,
    flow_obj: flow ?? null,
    mailed_to: row.mailed_to,
  };
}
