import { Body, Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { SessionCookies } from '../core/sessions/session-cookies.js';
import { Sessions } from '../core/sessions/session.service.js';
import { RequestBody } from '../rest/http/request-body.js';
import { LandingPage } from './landing-page.js';
import { PageErrors } from './page-errors.js';
import { readPageForm } from './page-form.js';
import { PageNotes } from './page-notes.js';
import { PageRenderer } from './page-renderer.js';
import { PageResponder } from './page-responder.js';
import { PageRoute } from './page-route.js';
import { PageVisitors } from './page-visitors.js';
import { Wording } from './wording.js';

/** `/` and `/sign-out/`. */
@ApiExcludeController()
@UseFilters(PageErrors)
@Controller()
export class LandingPageController {
  constructor(
    private readonly landing: LandingPage,
    private readonly visitors: PageVisitors,
    private readonly notes: PageNotes,
    private readonly renderer: PageRenderer,
    private readonly responder: PageResponder,
    private readonly sessions: Sessions,
    private readonly cookies: SessionCookies,
  ) {}

  @Get()
  @PageRoute()
  async show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (request.method === 'HEAD') return this.responder.head(reply);
    const visitor = await this.visitors.of(request);
    const wording = new Wording(await this.renderer.catalog(visitor.locale));
    const page = await this.landing.of(request, visitor, wording);
    const { messages, ...others } = visitor.notes;
    if (messages !== undefined) await this.notes.save(visitor.visit, others);
    return this.responder.send(reply, { kind: 'page', page }, visitor);
  }

  /** @throws AppError `csrfFailed`: another site cannot sign the visitor out */
  @Post('sign-out')
  @PageRoute()
  async signOut(
    @Body() body: RequestBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const form = await readPageForm(body, request.bodyType);
    const visitor = await this.visitors.of(request);
    const { sessionKey } = visitor.visit;
    if (sessionKey !== undefined && visitor.hasSession) {
      this.cookies.checkCsrf(sessionKey, form.csrf);
      await this.sessions.end(sessionKey);
    }
    this.cookies.clear(reply);
    return this.responder.send(reply, { kind: 'redirect', to: '/' }, visitor);
  }
}
