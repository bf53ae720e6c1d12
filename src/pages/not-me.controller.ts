import { Body, Controller, Get, Ip, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { NotMe } from '../flow-execution/not-me.service.js';
import { notMeParameter } from '../mail/not-me/not-me-links.service.js';
import { queryOf } from '../rest/http/query.js';
import { RequestBody } from '../rest/http/request-body.js';
import { notMeDonePage, notMePage } from './not-me-page.js';
import { PageErrors } from './page-errors.js';
import { readPageForm } from './page-form.js';
import { privatePage } from './page-headers.js';
import { PageRenderer } from './page-renderer.js';
import { PageResponder } from './page-responder.js';
import { PageRoute } from './page-route.js';
import { PageVisitors } from './page-visitors.js';
import { Wording } from './wording.js';

/**
 * `/if/not-me/`: where the "this was not me" links of mails lead. Looking at it changes nothing, for mail scanners open
 * links too. It needs no session: who has the link's secret may press the button, and no other page has it.
 */
@ApiExcludeController()
@UseFilters(PageErrors)
@Controller('if/not-me')
export class NotMeController {
  constructor(
    private readonly notMe: NotMe,
    private readonly visitors: PageVisitors,
    private readonly renderer: PageRenderer,
    private readonly responder: PageResponder,
  ) {}

  @Get()
  @PageRoute()
  async show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (request.method === 'HEAD') {
      privatePage(reply);
      void reply.type('text/html; charset=utf-8');
      return '';
    }
    const visitor = this.visitors.stranger(request);
    const secret = new URLSearchParams(queryOf(request)).getAll(notMeParameter).at(-1) ?? '';
    const wording = new Wording(await this.renderer.catalog(visitor.locale));
    const page = notMePage(await this.notMe.look(secret), secret, wording);
    return this.responder.send(reply, { kind: 'page', page }, visitor);
  }

  @Post()
  @PageRoute()
  async press(
    @Body() body: RequestBody,
    @Req() request: FastifyRequest,
    @Ip() clientIp: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { answer } = await readPageForm(body, request.bodyType);
    const visitor = this.visitors.stranger(request);
    const wording = new Wording(await this.renderer.catalog(visitor.locale));
    const result = await this.notMe.press(answer[notMeParameter] ?? '', clientIp, visitor.visit.languages);
    return this.responder.send(reply, { kind: 'page', page: notMeDonePage(result, wording) }, visitor);
  }
}
