import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, of } from 'rxjs';

import { MailboxAccess } from './mailbox-access.js';
import { Mailbox } from './mailbox.js';

/**
 * Shows the mailbox to superusers and to holders of its key; 404 for everyone else, and while there is a mail server.
 * A key in the address is replaced by a cookie and a redirect, so that it stays out of the history and of bookmarks.
 */
@Injectable()
export class MailboxEntrance implements NestInterceptor {
  constructor(
    private readonly mailbox: Mailbox,
    private readonly access: MailboxAccess,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (!this.mailbox.isInUse) throw new NotFoundException();
    const { key } = request.query as { key?: unknown };
    if (key !== undefined && (await this.access.accept(key, reply))) {
      void reply.status(303).header('location', withoutKey(request.url));
      return of('');
    }
    const isAdmitted = (request.caller?.isSuperuser ?? false) || (await this.access.holdsKey(request));
    if (!isAdmitted) throw new NotFoundException();
    return next.handle();
  }
}

function withoutKey(address: string): string {
  const { pathname, searchParams } = new URL(address, 'http://localhost');
  searchParams.delete('key');
  return searchParams.size === 0 ? pathname : `${pathname}?${searchParams.toString()}`;
}
