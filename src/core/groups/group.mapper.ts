import type { SecretBox } from '../../database/secret-box.js';
import type { Columns } from '../../rest/list/list-query.js';
import { userUid } from '../users/user.mapper.js';
import type { GroupDto, GroupMemberDto } from './dto/group.dto.js';
import { groupNumber } from './group-number.js';

/** What is read of a group for the clients, of a statement that calls it `grp`. */
export const groupColumns = {
  pk: 'grp.pk',
  name: 'grp.name',
  is_superuser: 'grp.isSuperuser',
  parent: 'grp.parentId',
  parent_name: '(select above.name from "group" above where above.group_uuid = grp.parentId )',
  attributes: 'grp.attributes',
} satisfies Columns;

/** A row of those columns. */
export type GroupRow = Pick<GroupDto, keyof typeof groupColumns>;

/** A member of a group, as it is read for the clients. */
export type MemberRow = Omit<GroupMemberDto, 'uid'> & { readonly group: string; readonly known: boolean };

/** A role of a group, as it is read for the clients. */
export interface GroupRoleRow {
  readonly group: string;
  readonly pk: string;
  readonly name: string;
}

/**
 * A group as clients see it. `withUsers` false leaves out the details of members, not their keys; those of members who are
 * not `known` are always left out.
 */
export function groupAnswer(
  row: GroupRow,
  members: readonly MemberRow[],
  roles: readonly GroupRoleRow[],
  secrets: SecretBox,
  withUsers = true,
): GroupDto {
  return {
    pk: row.pk,
    num_pk: groupNumber(row.pk),
    name: row.name,
    is_superuser: row.is_superuser,
    parent: row.parent,
    parent_name: row.parent_name,
    users: members.map(({ pk }) => pk),
    users_obj: withUsers ? members.filter(({ known }) => known).map((member) => memberAnswer(member, secrets)) : null,
    attributes: row.attributes,
    roles: roles.map(({ pk }) => pk),
    roles_obj: roles.map(({ pk, name }) => ({ pk, name })),
  };
}

/** A user as those tell of them who need not tell everything. */
export function memberAnswer(row: Omit<GroupMemberDto, 'uid'>, secrets: SecretBox): GroupMemberDto {
  return {
    pk: row.pk,
    username: row.username,
    name: row.name,
    is_active: row.is_active,
    last_login: row.last_login,
    email: row.email,
    attributes: row.attributes,
    uid: userUid(row.pk, secrets),
  };
}

/**
 * A user whose details may not be shown: the key, and for the other fields that clients require a `-`, which passes their
 * pattern for user names, or an empty text.
 */
export function unknownMember(pk: number): GroupMemberDto {
  return { pk, username: '-', name: '', uid: '' } as GroupMemberDto;
}
