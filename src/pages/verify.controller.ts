import { Body, Controller, Get, Ip, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { queryOf } from '../rest/http/query.js';
import { RequestBody } from '../rest/http/request-body.js';
import { VerificationLinks } from '../verifications/verification-links.service.js';
import { verifyParameter, verifyPath } from '../verifications/verification-mail.service.js';
import { cookieCheckParameter } from './flow-address.js';
import type { PageResponse } from './flow-pages.js';
import { PageErrors } from './page-errors.js';
import { readPageForm } from './page-form.js';
import { PageNotes } from './page-notes.js';
import { PageRenderer } from './page-renderer.js';
import { PageResponder } from './page-responder.js';
import { PageRoute } from './page-route.js';
import { type PageVisitor, PageVisitors } from './page-visitors.js';
import { noCookiesPage } from './problem-pages.js';
import { verifiedPage, verifyPage } from './verify-page.js';
import { Wording } from './wording.js';

/** Characters of a secret that are stored; a longer secret is unknown anyway. */
const maxSecretLength = 500;

/**
 * `/if/verify/`: target of the links of verifications. GET changes nothing, because mail scanners open links. The secret
 * authorizes the POST. It is moved from the address into the session before a page is shown, and deleted there when the
 * button is pressed.
 */
@ApiExcludeController()
@UseFilters(PageErrors)
@Controller('if/verify')
export class VerifyController {
  constructor(
    private readonly links: VerificationLinks,
    private readonly visitors: PageVisitors,
    private readonly notes: PageNotes,
    private readonly renderer: PageRenderer,
    private readonly responder: PageResponder,
  ) {}

  @Get()
  @PageRoute()
  async show(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (request.method === 'HEAD') return this.responder.head(reply);
    const visitor = await this.visitors.of(request);
    const query = new URLSearchParams(queryOf(request));
    const secret = query.getAll(verifyParameter).at(-1);
    const response =
      secret === undefined ? await this.page(query, visitor) : await this.storeSecret(secret, query, visitor);
    return this.responder.send(reply, response, visitor);
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
    const wording = await this.wording(visitor);
    const page = pressed.kind === 'approved' ? verifiedPage(wording) : verifyPage(pressed, secret, wording);
    return this.responder.send(reply, { kind: 'page', page, session }, visitor);
  }

  /** Stores the secret in the session and redirects to the address without it. */
  private async storeSecret(
    secret: string,
    query: URLSearchParams,
    { visit, notes }: PageVisitor,
  ): Promise<PageResponse> {
    const session = await this.notes.save(visit, { ...notes, verify: secret.slice(0, maxSecretLength) });
    query.delete(verifyParameter);
    if (session !== undefined) query.set(cookieCheckParameter, '');
    return { kind: 'redirect', to: addressWith(query), session };
  }

  private async page(query: URLSearchParams, visitor: PageVisitor): Promise<PageResponse> {
    const wording = await this.wording(visitor);
    if (query.has(cookieCheckParameter)) {
      if (visitor.visit.sessionKey === undefined) return { kind: 'page', page: noCookiesPage(wording, 200) };
      query.delete(cookieCheckParameter);
      return { kind: 'redirect', to: addressWith(query) };
    }
    const { verify: secret = '' } = visitor.notes;
    return { kind: 'page', page: verifyPage(await this.links.find(secret), secret, wording) };
  }

  private async wording({ locale }: PageVisitor): Promise<Wording> {
    return new Wording(await this.renderer.catalog(locale));
  }
}

function addressWith(query: URLSearchParams): string {
  return query.size === 0 ? verifyPath : `${verifyPath}?${query.toString()}`;
}
