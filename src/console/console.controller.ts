import { randomBytes } from 'node:crypto';

import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

import { ConsoleFiles } from './console-files.js';

/** Stands for the nonce in the built page. */
const nonceMark = '__NONCE__';

/**
 * Content-Security-Policy of the console: everything from this site only, no inline script and no `eval`. The style
 * elements of Mantine have the nonce.
 */
function consolePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "font-src 'self'",
    "img-src 'self' data:",
    // Only the page below, which shows mails.
    "frame-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Content-Security-Policy of the page that mails are shown in: style attributes, which all mails have, and images that are
 * part of them; no script, and nothing from elsewhere. A frame inherits the policy of the page that makes it, unless it has
 * an address of its own: in the console itself, mails would lose their styles, or its policy would have to allow them.
 */
const framePolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/**
 * The page that mails are shown in. The console puts the HTML of a mail into its frame, whose sandbox allows neither scripts
 * nor forms, and which inherits the policy of this page.
 */
const framePage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Mail</title>
<style>:root { color-scheme: light dark; } html, body, iframe { display: block; width: 100%; height: 100%; margin: 0; border: 0; }</style></head>
<body><iframe sandbox="" title="Mail"></iframe></body>
</html>
`;

/**
 * `/console/`: the console for administrators, static files that are the same for every visitor. What it shows comes from
 * the API, with the rights of the visitor.
 */
@ApiExcludeController()
@Controller('console')
export class ConsoleController {
  constructor(private readonly files: ConsoleFiles) {}

  /** Serves a script or a style. Its name has a hash of its content, so that browsers can cache it. */
  @Get('assets/:name')
  @RouteConfig({ access: { level: 'public' } })
  async asset(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const accepted = new Negotiator(request.raw).encodings();
    const file = await this.files.find(`assets/${name}`, (coding) => accepted.includes(coding));
    if (file === undefined) throw new NotFoundException();
    void reply.headers({
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
      ...(file.coding !== undefined && { 'content-encoding': file.coding }),
    });
    return file.content;
  }

  /** Serves the page that mails are shown in: the same for every visitor, without a mail. */
  @Get('frame')
  @RouteConfig({ access: { level: 'public' }, produces: ['text/html', 'text/plain'] })
  frame(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': framePolicy,
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'SAMEORIGIN',
    });
    return framePage;
  }

  /** Serves the page of the console at every address below it: the page reads the address itself. */
  @Get(['', '*'])
  @RouteConfig({ access: { level: 'public' }, produces: ['text/html', 'text/plain'] })
  async page(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const page = await this.files.page();
    if (page === undefined) {
      void reply.code(404).headers({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
      return 'The console is not built yet: run `npm run build`, then reload this page.\n';
    }
    const nonce = randomBytes(16).toString('base64');
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': consolePolicy(nonce),
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
    return page.replaceAll(nonceMark, nonce);
  }
}
