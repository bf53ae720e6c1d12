import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { isLocalTrial } from '../../config/local-trial.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { AuthenticationService } from '../../core/authentication/authentication.service.js';
import { SessionCookies } from '../../core/sessions/session-cookies.js';
import { SecretBox } from '../../database/secret-box.js';
import { keptKey } from '../../database/secret-key.js';
import { isSameSecret } from '../../rest/access/same-secret.js';
import { AppError } from '../../rest/errors/app-error.js';
import { type HostCookie, hostCookie } from '../../rest/http/host-cookie.js';
import { GlobalTransport } from '../transport/global-transport.js';
import { mailboxPath } from './mailbox-pages.js';

/**
 * Access key of the local mailbox, for local trials. It is stored in `mailbox.key` below DATA_DIR, readable by its
 * owner only like the mails, so that all processes print the same link, which survives restarts. Deleting the file
 * revokes the link.
 *
 * Outside of a local trial there is no key, and only superusers can open the mailbox.
 */
@Injectable()
export class MailboxAccess {
  private readonly cookie: HostCookie;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly globalTransport: GlobalTransport,
    private readonly authentication: AuthenticationService,
    private readonly sessionCookies: SessionCookies,
    private readonly secrets: SecretBox,
  ) {
    this.cookie = hostCookie('email_stage_mailbox', settings, 'strict');
  }

  /** Whether the mailbox can be opened with a key. */
  get hasKey(): boolean {
    return this.globalTransport.isMailbox && isLocalTrial(this.settings);
  }

  /**
   * Returns the URL of the mailbox or of one mail, with the key if there is one. For the console only.
   *
   * @param base URL of the service, without a trailing slash
   */
  async link(base: string, pk?: string): Promise<string> {
    const query = this.hasKey ? `?key=${await this.key()}` : '';
    return `${base}${mailboxPath}${pk === undefined ? '' : `${pk}/`}${query}`;
  }

  /** Whether the browser has the key cookie. Never depends on the IP address of the client. */
  hasKeyCookie(request: FastifyRequest): Promise<boolean> {
    return this.isKey(request.cookies[this.cookie.name]);
  }

  /** Moves a key from the URL into a cookie. @returns whether the key was correct */
  async accept(given: unknown, reply: FastifyReply): Promise<boolean> {
    if (typeof given !== 'string' || !(await this.isKey(given))) return false;
    void reply.setCookie(this.cookie.name, given, this.cookie.attributes);
    return true;
  }

  /** Returns the CSRF token for a form on a page that the request has opened. */
  async formToken(request: FastifyRequest): Promise<string> {
    if (await this.hasKeyCookie(request)) return this.tokenOfKey(request);
    return this.sessionCookies.csrfToken(this.sessionCookies.keyOf(request) ?? '');
  }

  /** Whether a form comes from a page of the mailbox, and from a holder of the key or a superuser. */
  async acceptsForm(request: FastifyRequest, token: string): Promise<boolean> {
    if (await this.hasKeyCookie(request)) return isSameSecret(this.tokenOfKey(request), token);
    try {
      return (await this.authentication.authenticate(request, token))?.isSuperuser ?? false;
    } catch (error) {
      // The token is wrong, so the request is that of a stranger.
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  private tokenOfKey(request: FastifyRequest): string {
    return this.secrets.identifier(`csrf:mailbox:${request.cookies[this.cookie.name]}`);
  }

  private async isKey(given: string | undefined): Promise<boolean> {
    return given !== undefined && this.hasKey && isSameSecret(await this.key(), given);
  }

  private key(): Promise<string> {
    return keptKey(join(this.settings.dataDir, 'mailbox.key'));
  }
}
