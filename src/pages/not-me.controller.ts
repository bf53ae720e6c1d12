import { Body, Controller, Get, Ip, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { NotMe } from '../flow-execution/not-me.service.js';
import { notMeParameter, notMePath } from '../mail/not-me/not-me-links.service.js';
import { RequestBody } from '../rest/http/request-body.js';
import { notMeDonePage, notMePage } from './not-me-page.js';
import { PageErrors } from './page-errors.js';
import { readPageForm } from './page-form.js';
import { PageNotes } from './page-notes.js';
import { PageResponder } from './page-responder.js';
import { PageRoute } from './page-route.js';
import { PageVisitors } from './page-visitors.js';
import { SecretPages } from './secret-pages.js';

/** `/if/not-me/`: target of the "This was not me" links in mails. The secret authorizes the POST, and the session forgets it then. */
@ApiExcludeController()
@UseFilters(PageErrors)
@Controller('if/not-me')
export class NotMeController {
  constructor(
    private readonly notMe: NotMe,
    private readonly visitors: PageVisitors,
    private readonly notes: PageNotes,
    private readonly pages: SecretPages,
    private readonly responder: PageResponder,
  ) {}

  @Get()
  @PageRoute()
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(request, reply, {
      path: notMePath,
      parameter: notMeParameter,
      note: 'notMe',
      page: async (secret, wording) => notMePage(await this.notMe.findState(secret), secret, wording),
    });
  }

  @Post()
  @PageRoute()
  async press(
    @Body() body: RequestBody,
    @Req() request: FastifyRequest,
    @Ip() clientIp: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { response } = await readPageForm(body, request.bodyType);
    const visitor = await this.visitors.of(request);
    const result = await this.notMe.confirm(response[notMeParameter] ?? '', clientIp, visitor.visit.languages);
    const { notMe, ...others } = visitor.notes;
    const session = notMe === undefined ? undefined : await this.notes.save(visitor.visit, others);
    const page = notMeDonePage(result, await this.pages.wording(visitor));
    return this.responder.send(reply, { kind: 'page', page, session }, visitor);
  }
}
