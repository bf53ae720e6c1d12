import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { isTransient } from '../../database/transient-errors.js';
import { Batcher } from '../../rest/cache/batcher.js';
import { AppError } from '../../rest/errors/app-error.js';
import { Caller } from '../access/caller.js';
import { hashTokenKey } from '../access/token-key.js';
import { SessionCookies } from '../sessions/session-cookies.js';
import { hashSessionKey } from '../sessions/session-key.js';
import { plainAddress } from '../sessions/session-network.js';
import { Sessions } from '../sessions/session.service.js';
import type { UserType } from '../users/user.entity.js';

interface CallerRow {
  /** Hash of the key of the token or session. */
  readonly key_hash: Buffer;
  /** Null for a session. */
  readonly token_uuid: string | null;
  readonly expired: boolean;
  /** Whether the latest use of the session is to be recorded. */
  readonly is_stale: boolean;
  readonly id: number;
  readonly username: string;
  readonly email: string;
  readonly type: UserType;
  readonly is_active: boolean;
  readonly is_superuser: boolean;
  readonly grants: [codename: string, objectKey: string][];
  readonly revision: string;
}

/** Who has the API tokens with these keys, and whether these have expired. */
const byToken = `
    select distinct on (t.key_hash) t.key_hash, t.token_uuid,
           coalesce(t.expiring and t.expires < now(), false) as expired, false as is_stale, u.id, u.username, u.email, u.type, u.is_active
      from "token" t join "user" u on u.id = t.user_id
     where t.key_hash = any($1) and t.intent = 'api'
     order by t.key_hash, expired`;

/** Who is signed in to the session with this key, if it can be used from this address. */
const bySession = `
    select s.key_hash, null::uuid as token_uuid, false as expired,
           s.last_used < now() - interval '5 minutes' as is_stale, u.id, u.username, u.email, u.type, u.is_active
      from "session" s join "user" u on u.id = s.user_id
     where s.key_hash = $1 and s.expires > now() and u.is_active
       and (s.network is null or $2::inet <<= s.network)`;

/**
 * The callers with everything that decides their permissions: groups, parent groups, roles. Also the revision of the
 * data that answers are made of.
 */
const callersBy = (credentials: string): string => `
  with recursive caller as (${credentials}
  ), membership as (
    select gu.user_id, g.group_uuid, g.parent_uuid, g.is_superuser
      from caller c join "group_user" gu on gu.user_id = c.id join "group" g using (group_uuid)
    union
    select m.user_id, g.group_uuid, g.parent_uuid, g.is_superuser
      from membership m join "group" g on g.group_uuid = m.parent_uuid
  )
  select c.*,
         exists (select from membership m where m.user_id = c.id and m.is_superuser) as is_superuser,
         coalesce((
           select json_agg(json_build_array(p.codename, p.object_pk))
             from (
               select codename, object_pk from "permission_grant" where user_id = c.id
               union all
               select codename, object_pk
                 from membership m join "group_role" using (group_uuid) join "permission_grant" using (role_uuid)
                where m.user_id = c.id
             ) p
         ), '[]') as grants,
         (select revision from "current_revision") as revision
    from caller c`;

export const callersByToken = callersBy(byToken);
const callerBySession = callersBy(bySession);

/** Requests that change nothing, and need no CSRF token. */
const safeMethods = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

/** Finds out who makes a request: the `Authorization` header counts, else the session (management API, section 8.1). */
@Injectable()
export class AuthenticationService {
  private readonly logger = new Logger('Sessions');

  private readonly tokens = new Batcher((hashes: readonly Buffer[]) => this.findTokens(hashes), {
    failsAll: isTransient,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly cookies: SessionCookies,
    private readonly sessions: Sessions,
  ) {}

  /**
   * @param csrf CSRF token of the request, by default that in its header
   * @returns the caller, or undefined if the request names none
   * @throws AppError `unsupportedScheme`, `invalidToken`, `csrfFailed`
   */
  async authenticate(request: FastifyRequest, csrf = this.cookies.csrfOf(request)): Promise<Caller | undefined> {
    const credentials = (request.headers.authorization ?? '').trim();
    const blank = credentials.indexOf(' ');
    if (blank === -1) return this.callerOfSession(request, csrf);
    if (credentials.slice(0, blank).toLowerCase() !== 'bearer') throw new AppError('unsupportedScheme');
    return this.callerOfToken(credentials.slice(blank + 1));
  }

  private async callerOfToken(key: string): Promise<Caller> {
    const row = await this.tokens.run(hashTokenKey(key));
    if (row === undefined) throw new AppError('invalidToken');
    if (row.expired) {
      // Expiry is asked again: the token may have been renewed since.
      const expired = 'delete from "token" where token_uuid = $1 and expiring and expires < now()';
      await this.dataSource.query(expired, [row.token_uuid]);
      throw new AppError('invalidToken');
    }
    if (!row.is_active) throw new AppError('invalidToken');
    return asCaller(row);
  }

  /** Records that a session is used, without delaying the request. */
  private recordUse(session: Buffer, { ip, headers }: FastifyRequest): void {
    this.sessions.touch(session, { ip, userAgent: headers['user-agent'] ?? '' }).catch((error: unknown) => {
      this.logger.warn('Could not record the use of a session.', error);
    });
  }

  private async findTokens(hashes: readonly Buffer[]): Promise<(CallerRow | undefined)[]> {
    const rows = await this.dataSource.query<CallerRow[]>(callersByToken, [hashes]);
    return hashes.map((hash) => rows.find(({ key_hash: found }) => found.equals(hash)));
  }

  private async callerOfSession(request: FastifyRequest, csrf: string | undefined): Promise<Caller | undefined> {
    const key = this.cookies.keyOf(request);
    if (key === undefined) return undefined;
    const session = hashSessionKey(key);
    const address = plainAddress(request.ip);
    const [row] = await this.dataSource.query<CallerRow[]>(callerBySession, [session, address]);
    if (row === undefined) return undefined;
    if (!safeMethods.includes(request.method)) this.cookies.checkCsrf(key, csrf);
    if (row.is_stale) this.recordUse(session, request);
    return asCaller(row, session);
  }
}

function asCaller(row: CallerRow, session?: Buffer): Caller {
  const grants = new Map<string, Set<string>>();
  for (const [codename, objectKey] of row.grants) {
    grants.set(codename, (grants.get(codename) ?? new Set()).add(objectKey));
  }
  const { id, username, email, type, is_superuser, revision, token_uuid } = row;
  return new Caller(id, username, email, type, is_superuser, grants, revision, session, token_uuid ?? undefined);
}
