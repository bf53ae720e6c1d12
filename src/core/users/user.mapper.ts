import type { SecretBox } from '../../database/secret-box.js';
import type { Columns } from '../../rest/list/list-query.js';
import { isAmongSuperusers } from '../authority/membership.js';
import { avatarOf } from './avatar.js';
import type { UserGroupDto } from './dto/user-group.dto.js';
import type { UserDto } from './dto/user.dto.js';
import { groupNumber } from './group-number.js';

/** SQL condition that the account `account` has proved its current address. */
const hasProvedAddress = `exists (
  select from "account_address" proof
   where proof.user_id = account.pk and proof.address = account.email and proof.proved is not null)`;

/** Columns of a user without the password hash, for a query with the alias `account`. */
export const userColumns = {
  pk: 'account.pk',
  username: 'account.username',
  name: 'account.name',
  is_active: 'account.isActive',
  last_login: 'account.lastLogin',
  is_superuser: `(account.isActive and ${isAmongSuperusers('account.pk')})`,
  email: 'account.email',
  attributes: 'account.attributes',
  path: 'account.path',
  type: 'account.type',
  uuid: 'account.uuid',
  password_change_date: 'account.passwordChangeDate',
  email_verified: hasProvedAddress,
  has_password: `(account.passwordHash <> '')`,
  awaits_confirmation: 'account.awaitsConfirmation',
} satisfies Columns;

/** A row of `userColumns`. */
export type UserRow = Pick<UserDto, keyof typeof userColumns>;

/** A row of a group of a user. */
export interface UserGroupRow {
  readonly user: number;
  readonly pk: string;
  readonly name: string;
  readonly is_superuser: boolean;
  readonly parent: string | null;
  readonly parent_name: string | null;
  readonly attributes: Record<string, unknown>;
}

/** Returns the response for a user. Without `withGroups` it contains the keys of groups but not their details. */
export function userResponse(
  row: UserRow,
  groups: readonly UserGroupRow[],
  secrets: SecretBox,
  withGroups = true,
): UserDto {
  return {
    pk: row.pk,
    username: row.username,
    name: row.name,
    is_active: row.is_active,
    last_login: row.last_login,
    is_superuser: row.is_superuser,
    groups: groups.map(({ pk }) => pk),
    groups_obj: withGroups ? groups.map(userGroupResponse) : null,
    email: row.email,
    avatar: avatarOf(row.name === '' ? row.username : row.name),
    attributes: row.attributes,
    uid: userUid(row.pk, secrets),
    path: row.path,
    type: row.type,
    uuid: row.uuid,
    password_change_date: row.password_change_date,
    email_verified: row.email_verified,
    has_password: row.has_password,
    awaits_confirmation: row.awaits_confirmation,
  };
}

/** Returns a stable opaque identifier of a user: 64 hexadecimal digits. */
export function userUid(pk: number, secrets: SecretBox): string {
  return secrets.lastingIdentifier(`user:${pk}`);
}

function userGroupResponse({ user: _, ...group }: UserGroupRow): UserGroupDto {
  return {
    pk: group.pk,
    num_pk: groupNumber(group.pk),
    name: group.name,
    is_superuser: group.is_superuser,
    parent: group.parent,
    parent_name: group.parent_name,
    attributes: group.attributes,
  };
}
