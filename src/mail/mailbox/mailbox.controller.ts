import { readFile } from 'node:fs/promises';

import {
  applyDecorators,
  Controller,
  Get,
  Header,
  Inject,
  NotFoundException,
  Param,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { parseUuid } from '../../rest/fields/uuid.js';
import { MailboxEntrance } from './mailbox-entrance.js';
import { listPage, mailPage, type MailView, mailViews } from './mailbox-pages.js';
import { type FoundMail, Mailbox } from './mailbox.js';
import { readMail, readSummary } from './received-mail.js';

/** Mails per page. */
const pageSize = 50;

/** Content-Security-Policy of the pages: own style sheet and frames only; no scripts, forms or external content. */
const pagePolicy =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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
  ) {}

  @PrivateGet('', 'text/html; charset=utf-8')
  async list(@Query('page') requested?: string): Promise<string> {
    const mails = await this.mailbox.list();
    const pages = Math.max(1, Math.ceil(mails.length / pageSize));
    const page = Math.min(pages, Math.max(1, Number.parseInt(String(requested), 10) || 1));
    const shown = mails.slice((page - 1) * pageSize, page * pageSize);
    const entries = await Promise.all(
      shown.map(async ({ pk }) => {
        const found = await this.mailbox.find(pk);
        return found === undefined ? [] : [{ ...found, ...(await readSummary(found.source)) }];
      }),
    );
    return listPage(entries.flat(), page, pages);
  }

  @PrivateGet('style.css', 'text/css; charset=utf-8')
  style(): Promise<string> {
    return readFile(new URL('./mailbox.css', import.meta.url), 'utf8');
  }

  @PrivateGet(':id', 'text/html; charset=utf-8')
  async show(@Param('id') id: string, @Query('view') requested?: string): Promise<string> {
    const found = await this.find(id);
    const mail = await readMail(found.source);
    const fallback: MailView = mail.html === undefined ? 'text' : 'html';
    const view = mailViews.find((name) => name === requested && name !== 'html') ?? fallback;
    return mailPage(found, mail, view, publicUrl(this.settings));
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

  private async find(id: string): Promise<FoundMail> {
    const pk = parseUuid(id);
    const found = pk === undefined ? undefined : await this.mailbox.find(pk);
    if (found === undefined) throw new NotFoundException();
    return found;
  }
}
