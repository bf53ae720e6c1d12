import { Body, Controller, Get, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { KeyPipe } from '../rest/fields/key.pipe.js';
import { RequestBody } from '../rest/http/request-body.js';
import { FlowPages } from './flow-pages.js';
import { PageErrors } from './page-errors.js';
import { readPageForm } from './page-form.js';
import { PageResponder } from './page-responder.js';
import { PageRoute } from './page-route.js';
import { PageVisitors } from './page-visitors.js';

/** `/if/flow/<slug>/`: a flow in a browser. */
@ApiExcludeController()
@UseFilters(PageErrors)
@Controller('if/flow')
export class FlowPagesController {
  constructor(
    private readonly pages: FlowPages,
    private readonly visitors: PageVisitors,
    private readonly responder: PageResponder,
  ) {}

  @Get(':slug')
  @PageRoute()
  async show(
    @Param('slug', new KeyPipe('text')) slug: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (request.method === 'HEAD') {
      await this.pages.requireFlow(slug);
      return this.responder.head(reply);
    }
    const visitor = await this.visitors.of(request);
    return this.responder.send(reply, await this.pages.show(slug, visitor), visitor);
  }

  @Post(':slug')
  @PageRoute()
  async submit(
    @Param('slug', new KeyPipe('text')) slug: string,
    @Body() body: RequestBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const form = await readPageForm(body, request.bodyType);
    const visitor = await this.visitors.of(request);
    return this.responder.send(reply, await this.pages.submit(slug, form, visitor), visitor);
  }
}
