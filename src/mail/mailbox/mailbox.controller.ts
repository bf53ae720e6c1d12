import { readFile } from 'node:fs/promises';

import {
  applyDecorators,
  Controller,
  Get,
  Header,
  HttpCode,
  Inject,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  UseInterceptors,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { type FoundMail, type KeptMail, Mailbox } from '../transport/mailbox/mailbox.js';
import { MailboxAccess } from './mailbox-access.js';
import { MailboxEntrance } from './mailbox-entrance.js';
import { type Entry, mailboxPath, MailboxPages, type MailView, mailViews } from './mailbox-pages.js';
import { readMail, readSummary } from './received-mail.js';

/** Mails per page. */
const pageSize = 50;

/** Newest mails that a search looks at. */
const maxSearched = 500;

/** Content-Security-Policy of the pages: everything from this site only, and nothing inline. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self'; " +
  "frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Content-Security-Policy of mails, which are untrusted: inline styles only, sandboxed even outside of the frame. */
const mailPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'";

/** A GET route for content with valid links: never cached, and without a referrer. */
function PrivateGet(path: string, type: string, policy = pagePolicy): MethodDecorator {
  return applyDecorators(
    Get(path),
    RouteConfig({ access: { level: 'public' } }),
    Header('content-type', type),
    Header('content-security-policy', policy),
    Header('cache-control', 'no-store'),
    Header('referrer-policy', 'no-referrer'),
  );
}

/** `/dev/mailbox/`: the local mailbox. `MailboxEntrance` restricts access. */
@ApiExcludeController()
@UseInterceptors(MailboxEntrance)
@Controller('dev/mailbox')
export class MailboxController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly mailbox: Mailbox,
    private readonly access: MailboxAccess,
  ) {}

  private get pages(): MailboxPages {
    return new MailboxPages(this.settings.brandName, publicUrl(this.settings));
  }

  @PrivateGet('', 'text/html; charset=utf-8')
  async list(@Query('page') requested?: string, @Query('q') term?: unknown): Promise<string> {
    const version = await this.mailbox.version();
    const search = typeof term === 'string' ? term.trim() : '';
    const kept = await this.mailbox.list();
    const found = search === '' ? kept : await this.matching(kept.slice(0, maxSearched), search.toLowerCase());
    const pages = Math.max(1, Math.ceil(found.length / pageSize));
    const current = Math.min(pages, Math.max(1, Number.parseInt(String(requested), 10) || 1));
    const entries = await this.summaries(found.slice((current - 1) * pageSize, current * pageSize));
    return this.pages.list({ entries, search, current, pages, version });
  }

  /** Changes with the list, for the script of the page. */
  @PrivateGet('version', 'text/plain; charset=utf-8')
  version(): Promise<string> {
    return this.mailbox.version();
  }

  @PrivateGet('delete', 'text/html; charset=utf-8')
  async confirmDeletion(@Req() request: FastifyRequest): Promise<string> {
    const { length } = await this.mailbox.list();
    return this.pages.deletion(length, await this.access.formToken(request));
  }

  /** Deletes all mails. `MailboxEntrance` checks the token of the form. */
  @Post('delete')
  @RouteConfig({ access: { level: 'visitor' } })
  @HttpCode(303)
  @Header('location', mailboxPath)
  async deleteAll(): Promise<string> {
    await this.mailbox.clear();
    return '';
  }

  @PrivateGet('style.css', 'text/css; charset=utf-8')
  style(): Promise<string> {
    return readFile(new URL('./mailbox.css', import.meta.url), 'utf8');
  }

  @PrivateGet('live-list.js', 'text/javascript; charset=utf-8')
  script(): Promise<string> {
    return readFile(new URL('./live-list.js', import.meta.url), 'utf8');
  }

  @PrivateGet(':id', 'text/html; charset=utf-8')
  async show(@Param('id') id: string, @Query('view') requested?: string): Promise<string> {
    const found = await this.find(id);
    const mail = await readMail(found.source);
    const fallback: MailView = mail.html === undefined ? 'text' : 'html';
    const view = mailViews.find((name) => name === requested && name !== 'html') ?? fallback;
    return this.pages.mail(found, mail, view);
  }

  /** Content of the frame. Its sandboxed origin is opaque, so it must not request an origin-keyed agent cluster. */
  @PrivateGet(':id/html', 'text/html; charset=utf-8', mailPolicy)
  @Header('origin-agent-cluster', '?0')
  async html(@Param('id') id: string): Promise<string> {
    const { source } = await this.find(id);
    const { html } = await readMail(source);
    if (html === undefined) throw new NotFoundException();
    return html;
  }

  @PrivateGet(':id/source', 'message/rfc822')
  async source(@Param('id') id: string): Promise<Buffer> {
    return (await this.find(id)).source;
  }

  /** Returns the mails with the term in subject, sender or recipient. */
  private async matching(mails: readonly KeptMail[], term: string): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let start = 0; start < mails.length; start += pageSize) {
      const entries = await this.summaries(mails.slice(start, start + pageSize));
      found.push(
        ...entries.filter(({ subject, from, to }) =>
          [subject, from, to].some((text) => text.toLowerCase().includes(term)),
        ),
      );
    }
    return found;
  }

  private async summaries(mails: readonly KeptMail[]): Promise<Entry[]> {
    const found = mails.map(async ({ pk, kept }) => {
      // It may have been deleted meanwhile.
      const mail = await this.mailbox.find(pk);
      return mail === undefined ? [] : [{ pk, kept, ...(await readSummary(mail.source)) }];
    });
    return (await Promise.all(found)).flat();
  }

  private async find(id: string): Promise<FoundMail> {
    const pk = parseUuid(id);
    const found = pk === undefined ? undefined : await this.mailbox.find(pk);
    if (found === undefined) throw new NotFoundException();
    return found;
  }
}
