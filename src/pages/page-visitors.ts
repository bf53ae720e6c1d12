import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { SessionCookies } from '../core/sessions/session-cookies.js';
import { settingsOf } from '../core/users/settings-of.js';
import type { User } from '../core/users/user.entity.js';
import { FlowSessions } from '../flow-execution/flow-sessions.js';
import { anonymousVisitOf, type Visit, visitOf } from '../flow-execution/visit.js';
import { queryOf } from '../rest/http/query.js';
import { pageLanguage } from './page-languages.js';
import { type Notes, PageNotes } from './page-notes.js';

/** The visitor of a page. */
export interface PageVisitor {
  readonly visit: Visit;
  /** The session of the request exists. */
  readonly hasSession: boolean;
  readonly notes: Notes;
  /** The signed-in user. */
  readonly user: User | undefined;
  /** The language of the page, BCP 47. */
  readonly locale: string;
  /** Path and query of the page. */
  readonly address: string;
}

/** Reads the visitor from a request. */
@Injectable()
export class PageVisitors {
  constructor(
    private readonly sessions: FlowSessions,
    private readonly cookies: SessionCookies,
    private readonly notes: PageNotes,
  ) {}

  async of(request: FastifyRequest): Promise<PageVisitor> {
    const visit = visitOf(request, this.cookies);
    const { session, user, state } = await this.sessions.read(visit);
    return {
      visit,
      hasSession: session?.isReplaced === false,
      notes: this.notes.of(state),
      user,
      locale: localeOf(request, visit, user),
      address: request.originalUrl,
    };
  }

  /** As `of`, without the session: for error pages. */
  anonymous(request: FastifyRequest): PageVisitor {
    const visit = anonymousVisitOf(request);
    const locale = localeOf(request, visit, undefined);
    return { visit, hasSession: false, notes: {}, user: undefined, locale, address: request.originalUrl };
  }
}

function localeOf(request: FastifyRequest, { languages }: Visit, user: User | undefined): string {
  const requested = new URLSearchParams(queryOf(request)).getAll('locale').at(-1) ?? null;
  const { locale: setting } = user === undefined ? {} : settingsOf([user.attributes]);
  return pageLanguage({ requested, setting, accepted: languages });
}
