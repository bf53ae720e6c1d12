import { Controller, Get, Header, HttpCode, Inject, NotFoundException, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';

import { publicUrl, SETTINGS, type Settings } from '../config/settings.js';
import { FlowPlanner } from '../flow-execution/flow-planner.js';
import { PageVisitors } from './page-visitors.js';

const open = RouteConfig({ access: { level: 'visitor' } });

/** `/.well-known/` (RFC 8615). */
@ApiExcludeController()
@Controller('.well-known')
export class WellKnownController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly planner: FlowPlanner,
    private readonly visitors: PageVisitors,
  ) {}

  /**
   * Redirects password managers to the page that changes a password (W3C, A Well-Known URL for Changing Passwords): the
   * recovery flow, or the start page where no recovery flow applies to the visitor, as after a sign-in.
   */
  @Get('change-password')
  @open
  @HttpCode(302)
  async changePassword(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { user } = await this.visitors.of(request);
    const flow = await this.planner.findDefault(this.dataSource.manager, 'recovery', user);
    const address = flow === undefined ? '/' : `/if/flow/${flow.slug}/`;
    void reply.header('cache-control', 'no-store').redirect(address, 302);
  }

  /** Returns the contact for vulnerability reports (RFC 9116). 404 without SECURITY_CONTACT. */
  @Get('security.txt')
  @open
  @Header('content-type', 'text/plain; charset=utf-8')
  securityText(): string {
    const { securityContact, securityExpires } = this.settings;
    if (securityContact === undefined) throw new NotFoundException();
    const canonical = `${publicUrl(this.settings)}/.well-known/security.txt`;
    return `Contact: ${securityContact}\nExpires: ${securityExpires}\nCanonical: ${canonical}\n`;
  }
}
