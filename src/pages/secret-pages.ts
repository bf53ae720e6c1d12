import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { queryOf } from '../rest/http/query.js';
import { truncated } from '../syntax/truncated.js';
import { cookieCheckParameter } from './flow-address.js';
import type { PageResponse } from './flow-pages.js';
import { PageNotes } from './page-notes.js';
import { PageRenderer } from './page-renderer.js';
import { PageResponder } from './page-responder.js';
import { type PageVisitor, PageVisitors } from './page-visitors.js';
import type { Page } from './page.js';
import { noCookiesPage } from './problem-pages.js';
import { Wording } from './wording.js';

/** Characters of a secret that are stored; a longer secret is unknown anyway. */
const maxSecretLength = 500;

/** The page of a link whose secret authorizes a POST. */
export interface SecretPage {
  readonly path: string;
  /** Name of the query parameter with the secret. */
  readonly parameter: string;
  /** Name of the note that holds the secret meanwhile. */
  readonly note: 'notMe' | 'verify';
  /** @param secret empty if there is none */
  readonly page: (secret: string, wording: Wording) => Promise<Page>;
}

/**
 * Shows the pages of links with a secret. GET changes nothing, because mail scanners open links. The secret is moved from
 * the address into the session before a page is shown, so that it is in no history and no log.
 */
@Injectable()
export class SecretPages {
  constructor(
    private readonly visitors: PageVisitors,
    private readonly notes: PageNotes,
    private readonly renderer: PageRenderer,
    private readonly responder: PageResponder,
  ) {}

  /** Responds to a GET of the page. */
  async show(request: FastifyRequest, reply: FastifyReply, shown: SecretPage): Promise<string> {
    if (request.method === 'HEAD') return this.responder.head(reply);
    const visitor = await this.visitors.of(request);
    const query = new URLSearchParams(queryOf(request));
    const secret = query.getAll(shown.parameter).at(-1);
    const response =
      secret === undefined
        ? await this.page(query, visitor, shown)
        : await this.storeSecret(secret, query, visitor, shown);
    return this.responder.send(reply, response, visitor);
  }

  async wording({ locale }: PageVisitor): Promise<Wording> {
    return new Wording(await this.renderer.catalog(locale));
  }

  /** Stores the secret in the session and redirects to the address without it. */
  private async storeSecret(
    secret: string,
    query: URLSearchParams,
    { visit, notes }: PageVisitor,
    { path, parameter, note }: SecretPage,
  ): Promise<PageResponse> {
    const session = await this.notes.save(visit, { ...notes, [note]: truncated(secret, maxSecretLength) });
    query.delete(parameter);
    if (session !== undefined) query.set(cookieCheckParameter, '');
    return { kind: 'redirect', to: addressOf(path, query), session };
  }

  private async page(
    query: URLSearchParams,
    visitor: PageVisitor,
    { path, note, page }: SecretPage,
  ): Promise<PageResponse> {
    const wording = await this.wording(visitor);
    if (query.has(cookieCheckParameter)) {
      if (visitor.visit.sessionKey === undefined) return { kind: 'page', page: noCookiesPage(wording, 200) };
      query.delete(cookieCheckParameter);
      return { kind: 'redirect', to: addressOf(path, query) };
    }
    return { kind: 'page', page: await page(visitor.notes[note] ?? '', wording) };
  }
}

function addressOf(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
