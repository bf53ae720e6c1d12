import { join } from 'node:path';

import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { isLocalTrial } from '../../config/local-trial.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { keptKey } from '../../database/secret-key.js';
import { isSameSecret } from '../../rest/access/same-secret.js';
import { type HostCookie, hostCookie } from '../../rest/http/host-cookie.js';
import { mailboxPath } from './mailbox-pages.js';
import { Mailbox } from './mailbox.js';

/**
 * The key of the local mailbox, for people who try the service on their own machine. It is in `mailbox.key` below
 * DATA_DIR, readable by its owner alone like the mails themselves: so every process prints the same link, and a browser
 * that has opened the mailbox may stay over restarts. Deleting the file revokes the links.
 *
 * Outside of a local trial there is no key, and only superusers see the mailbox.
 */
@Injectable()
export class MailboxAccess {
  private readonly cookie: HostCookie;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly mailbox: Mailbox,
  ) {
    this.cookie = hostCookie('email_stage_mailbox', settings, 'strict');
  }

  /** Whether links with a key open the mailbox. */
  get hasKey(): boolean {
    return this.mailbox.isInUse && isLocalTrial(this.settings);
  }

  /**
   * Address of the mailbox, or of one mail in it, for the console: with the key where there is one.
   *
   * @param base address of the service, without a slash at the end
   */
  async link(base: string, pk?: string): Promise<string> {
    const query = this.hasKey ? `?key=${await this.key()}` : '';
    return `${base}${mailboxPath}${pk === undefined ? '' : `${pk}/`}${query}`;
  }

  /** Whether the browser holds the key. Never depends on the address that the request comes from. */
  holdsKey(request: FastifyRequest): Promise<boolean> {
    return this.isKey(request.cookies[this.cookie.name]);
  }

  /** Moves a key from the address into a cookie. @returns whether it was the right one */
  async accept(given: unknown, reply: FastifyReply): Promise<boolean> {
    if (typeof given !== 'string' || !(await this.isKey(given))) return false;
    void reply.setCookie(this.cookie.name, given, this.cookie.attributes);
    return true;
  }

  private async isKey(given: string | undefined): Promise<boolean> {
    return given !== undefined && this.hasKey && isSameSecret(await this.key(), given);
  }

  private key(): Promise<string> {
    return keptKey(join(this.settings.dataDir, 'mailbox.key'));
  }
}
