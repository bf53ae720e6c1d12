import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { AppError } from '../../rest/errors/app-error.js';
import { hashTokenKey } from '../tokens/token-key.js';
import type { UserType } from '../users/user.entity.js';
import { Caller } from './caller.js';

interface CallerRow {
  readonly token_uuid: string;
  readonly expired: boolean;
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly type: UserType;
  readonly is_active: boolean;
  readonly is_superuser: boolean;
  readonly grants: [codename: string, objectKey: string][];
}

/** The token, its user, and everything that decides what the user may do: groups, the groups above, roles. */
const callerByKey = `
  with recursive token_user as (
    select t.token_uuid, coalesce(t.expiring and t.expires < now(), false) as expired,
           u.id, u.username, u.email, u.type, u.is_active
      from "token" t join "user" u on u.id = t.user_id
     where t.key_hash = $1 and t.intent = 'api'
     order by expired
     limit 1
  ), membership as (
    select g.group_uuid, g.parent_uuid, g.is_superuser
      from "group" g join "group_user" gu using (group_uuid) join token_user tu on tu.id = gu.user_id
    union
    select g.group_uuid, g.parent_uuid, g.is_superuser
      from "group" g join membership m on m.parent_uuid = g.group_uuid
  )
  select tu.*,
         exists (select from membership m where m.is_superuser) as is_superuser,
         coalesce((
           select json_agg(json_build_array(p.codename, p.object_pk))
             from "permission_grant" p
            where p.user_id = tu.id
               or p.role_uuid in (select gr.role_uuid from "group_role" gr join membership m using (group_uuid))
         ), '[]') as grants
    from token_user tu`;

/** Finds out who makes a request (management API, section 8.1). */
@Injectable()
export class AuthenticationService {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param header the `Authorization` header, if there is one
   * @returns the caller, or undefined if the request names none
   * @throws AppError `unsupportedScheme`, `invalidToken`
   */
  async authenticate(header: string | undefined): Promise<Caller | undefined> {
    const credentials = (header ?? '').trim();
    const blank = credentials.indexOf(' ');
    if (blank === -1) return undefined;
    if (credentials.slice(0, blank).toLowerCase() !== 'bearer') throw new AppError('unsupportedScheme');
    return this.callerOf(credentials.slice(blank + 1));
  }

  private async callerOf(key: string): Promise<Caller> {
    const [row] = await this.dataSource.query<CallerRow[]>(callerByKey, [hashTokenKey(key)]);
    if (row === undefined) throw new AppError('invalidToken');
    if (row.expired) {
      // Expiry is asked again: the token may have been renewed since.
      const expired = 'delete from "token" where token_uuid = $1 and expiring and expires < now()';
      await this.dataSource.query(expired, [row.token_uuid]);
      throw new AppError('invalidToken');
    }
    if (!row.is_active) throw new AppError('invalidToken');
    const grants = new Map<string, Set<string>>();
    for (const [codename, objectKey] of row.grants) {
      grants.set(codename, (grants.get(codename) ?? new Set()).add(objectKey));
    }
    return new Caller(row.id, row.username, row.email, row.type, row.is_superuser, grants);
  }
}
