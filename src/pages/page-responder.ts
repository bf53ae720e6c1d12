import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { SETTINGS, type Settings } from '../config/settings.js';
import { SessionCookies } from '../core/sessions/session-cookies.js';
import type { PageResponse } from './flow-pages.js';
import { privatePage } from './page-headers.js';
import { PageRenderer } from './page-renderer.js';
import type { PageVisitor } from './page-visitors.js';

/** Sends pages as responses. */
@Injectable()
export class PageResponder {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly renderer: PageRenderer,
    private readonly cookies: SessionCookies,
  ) {}

  /** Answers HEAD for a page. It starts no session and uses no link. */
  head(reply: FastifyReply): string {
    privatePage(reply, this.settings.allowedRedirects);
    void reply.type('text/html; charset=utf-8');
    return '';
  }

  /** @returns the body of the answer */
  async send(reply: FastifyReply, response: PageResponse, { locale, address }: PageVisitor): Promise<string> {
    if (response.session !== undefined) this.cookies.send(reply, response.session);
    if (response.kind === 'redirect') {
      privatePage(reply, this.settings.allowedRedirects);
      void reply.status(303).header('location', response.to);
      return '';
    }
    const { page } = response;
    const html = await this.renderer.render(page, locale, address);
    privatePage(reply, this.settings.allowedRedirects, page.background);
    void reply.status(page.status).headers({ 'content-type': 'text/html; charset=utf-8', 'content-language': locale });
    return html;
  }
}
