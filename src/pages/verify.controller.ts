import { Body, Controller, Get, Ip, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { RequestBody } from '../rest/http/request-body.js';
import { VerificationLinks } from '../verifications/verification-links.service.js';
import { verifyParameter, verifyPath } from '../verifications/verification-mail.service.js';
import { PageErrors } from './page-errors.js';
import { readPageForm } from './page-form.js';
import { PageNotes } from './page-notes.js';
import { PageResponder } from './page-responder.js';
import { PageRoute } from './page-route.js';
import { PageVisitors } from './page-visitors.js';
import { SecretPages } from './secret-pages.js';
import { verifiedPage, verifyPage } from './verify-page.js';

/** `/if/verify/`: target of the links of verifications. The secret authorizes the POST, and the session forgets it then. */
@ApiExcludeController()
@UseFilters(PageErrors)
@Controller('if/verify')
export class VerifyController {
  constructor(
    private readonly links: VerificationLinks,
    private readonly visitors: PageVisitors,
    private readonly notes: PageNotes,
    private readonly pages: SecretPages,
    private readonly responder: PageResponder,
  ) {}

  @Get()
  @PageRoute()
  show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.pages.show(request, reply, {
      path: verifyPath,
      parameter: verifyParameter,
      note: 'verify',
      page: async (secret, wording) => verifyPage(await this.links.find(secret), secret, wording),
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
    const { verify, verified, ...others } = visitor.notes;
    const secret = response[verifyParameter] ?? '';
    const pressed = await this.links.press(secret, clientIp, verified);
    const notes = { ...others, ...(pressed.kind === 'approved' && { verified: pressed.pk ?? '' }) };
    const isChanged = verify !== undefined || pressed.kind === 'approved';
    const session = isChanged ? await this.notes.save(visitor.visit, notes) : undefined;
    if (pressed.redirect !== undefined) {
      return this.responder.send(reply, { kind: 'redirect', to: pressed.redirect, session }, visitor);
    }
    const wording = await this.pages.wording(visitor);
    const page = pressed.kind === 'approved' ? verifiedPage(wording) : verifyPage(pressed, secret, wording);
    return this.responder.send(reply, { kind: 'page', page, session }, visitor);
  }
}
