import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { SETTINGS, type Settings } from '../config/settings.js';
import { SessionCookies } from '../core/sessions/session-cookies.js';
import type { PageAnswer } from './flow-pages.js';
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
  async send(reply: FastifyReply, answer: PageAnswer, { locale, address }: PageVisitor): Promise<string> {
    if (answer.session !== undefined) this.cookies.send(reply, answer.session);
    if (answer.kind === 'redirect') {
      privatePage(reply, this.settings.allowedRedirects);
      void reply.status(303).header('location', answer.to);
      return '';
    }
    const { page } = answer;
    const html = await this.renderer.render(page, locale, address);
    privatePage(reply, this.settings.allowedRedirects, page.background);
    void reply.status(page.status).headers({ 'content-type': 'text/html; charset=utf-8', 'content-language': locale });
    return html;
  }
}
