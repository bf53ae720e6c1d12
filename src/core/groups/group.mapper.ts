import type { SecretBox } from '../../database/secret-box.js';
import type { Columns } from '../../rest/list/list-query.js';
import { groupNumber } from '../users/group-number.js';
import { userUid } from '../users/user.mapper.js';
import type { GroupDto, GroupMemberDto } from './dto/group.dto.js';

/** Columns of a group, for a query with the alias `grp`. */
export const groupColumns = {
  pk: 'grp.pk',
  name: 'grp.name',
  is_superuser: 'grp.isSuperuser',
  parent: 'grp.parentId',
  parent_name: '(select above.name from "group" above where above.group_uuid = grp.parentId )',
  attributes: 'grp.attributes',
} satisfies Columns;

/** A row of `groupColumns`. */
export type GroupRow = Pick<GroupDto, keyof typeof groupColumns>;

/** A row of a group member. */
export type MemberRow = Omit<GroupMemberDto, 'uid'> & { readonly group: string; readonly known: boolean };

/** A row of a group role. */
export interface GroupRoleRow {
  readonly group: string;
  readonly pk: string;
  readonly name: string;
}

/**
 * Returns the response for a group. Without `withUsers` it contains the keys of members but not their details; details of
 * members that are not `known` are never included.
 */
export function groupResponse(
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
    users_obj: withUsers ? members.filter(({ known }) => known).map((member) => memberResponse(member, secrets)) : null,
    attributes: row.attributes,
    roles: roles.map(({ pk }) => pk),
    roles_obj: roles.map(({ pk, name }) => ({ pk, name })),
  };
}

/** Returns the short form of a user. */
export function memberResponse(row: Omit<GroupMemberDto, 'uid'>, secrets: SecretBox): GroupMemberDto {
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
 * Returns a user without details: the key, and placeholders for the fields that clients require. `-` matches their pattern
 * for user names.
 */
export function hiddenMember(pk: number): GroupMemberDto {
  return { pk, username: '-', name: '', uid: '' } as GroupMemberDto;
}
