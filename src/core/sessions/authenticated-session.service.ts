import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { EventLog } from '../../events/event-log.js';
import type { VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { Caller } from '../access/caller.js';
import {
  authenticatedSessionColumns,
  type AuthenticatedSessionDto,
  type AuthenticatedSessionListQuery,
  type AuthenticatedSessionRow,
} from './authenticated-session.dto.js';
import { Session } from './session.entity.js';
import { describeUserAgent } from './user-agent.js';

/** Shows the sessions of signed-in users, and ends them. */
@Injectable()
export class AuthenticatedSessionService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly events: EventLog,
  ) {}

  async list(
    query: AuthenticatedSessionListQuery,
    visible: VisibleRows,
    caller: Caller,
  ): Promise<Page<AuthenticatedSessionDto>> {
    const { pagination, results } = await readPage<AuthenticatedSessionRow>(this.sessions(visible, caller), query);
    return { pagination, results: results.map((row) => response(row, caller)) };
  }

  /** @throws AppError `notFound` */
  async get(uuid: string, visible: VisibleRows, caller: Caller): Promise<AuthenticatedSessionDto> {
    const session = this.sessions(visible, caller).andWhere('session.pk = :uuid', { uuid });
    const row = await select(session, authenticatedSessionColumns).getRawOne<AuthenticatedSessionRow>();
    if (row === undefined) throw new AppError('notFound');
    return response(row, caller);
  }

  /**
   * Ends a session: its cookie grants nothing from the next request on.
   *
   * @throws AppError `notFound` if it has ended, or is of a visitor who is not signed in
   */
  async end({ keyHash, pk }: Session, by: Caller, clientIp: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [[owner]] = await manager.query<[{ username: string }[], number]>(
        `delete from "session" s using "user" u
          where s.key_hash = $1 and u.id = s.user_id and s.expires > now() and not s.replaced
         returning u.username`,
        [keyHash],
      );
      if (owner === undefined) throw new AppError('notFound');
      const model = { app: 'authentik_core', model_name: 'authenticatedsession', pk, name: owner.username };
      await this.events.write(manager, {
        action: 'model_deleted',
        app: 'authentik.core',
        context: { model },
        user: by.identity,
        clientIp,
      });
    });
  }

  /** `account` is the user of a session, by whose name it is found, if the caller may know them. */
  private sessions(visible: VisibleRows, { knownUsers }: Caller): SelectQueryBuilder<Session> {
    const isKnown = knownUsers === null ? undefined : 'account.pk = any(:knownUsers)';
    const signedIn = this.dataSource.manager
      .createQueryBuilder(Session, 'session')
      .leftJoin('session.user', 'account', isKnown, { knownUsers })
      .where('session.userId is not null and session.expires > now() and not session.replaced');
    return restrict(signedIn, visible, 'userId');
  }
}

function response(row: AuthenticatedSessionRow, { session }: Caller): AuthenticatedSessionDto {
  const { browser, os, device } = describeUserAgent(row.last_user_agent);
  return {
    uuid: row.uuid,
    current: session?.equals(row.key_hash) ?? false,
    user_agent: {
      device: { brand: '', family: device, model: '' },
      os: { ...os, patch_minor: '' },
      user_agent: browser,
      string: row.last_user_agent,
    },
    geo_ip: null,
    asn: null,
    user: row.user,
    last_ip: row.last_ip,
    last_user_agent: row.last_user_agent,
    last_used: row.last_used,
    expires: row.expires,
  };
}
