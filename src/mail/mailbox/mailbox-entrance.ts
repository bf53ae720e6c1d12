import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';

import type { RequestBody } from '../../rest/http/request-body.js';
import { GlobalTransport } from '../transport/global-transport.js';
import { MailboxAccess } from './mailbox-access.js';
import { tokenField } from './mailbox-pages.js';

/**
 * Restricts the mailbox to superusers and holders of its key. Everyone else gets 404, as does everyone while a mail
 * server is configured. A key in the URL is moved into a cookie with a redirect, which keeps it out of history and
 * bookmarks. A form must come from a page of the mailbox.
 */
@Injectable()
export class MailboxEntrance implements NestInterceptor {
  constructor(
    private readonly globalTransport: GlobalTransport,
    private readonly access: MailboxAccess,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (!this.globalTransport.isMailbox) throw new NotFoundException();
    const { key } = request.query as { key?: unknown };
    if (key !== undefined && (await this.access.accept(key, reply))) {
      void reply.status(303).header('location', withoutKey(request.url));
      return of('');
    }
    if (!(await this.isAdmitted(request))) throw new NotFoundException();
    return next.handle();
  }

  private async isAdmitted(request: FastifyRequest): Promise<boolean> {
    if (request.method === 'POST') {
      const form = new URLSearchParams((request.body as RequestBody).bytes.toString());
      return this.access.acceptsForm(request, form.get(tokenField) ?? '');
    }
    return (request.caller?.isSuperuser ?? false) || this.access.hasKeyCookie(request);
  }
}

function withoutKey(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://localhost');
  searchParams.delete('key');
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
}
