import { BlockList, isIP } from 'node:net';

import { type CanActivate, type ExecutionContext, Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { Mailbox } from './mailbox.js';

/** Headers by which a proxy tells of itself. */
const proxyHeaders = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Shows the mailbox to people at this machine and to superusers. To everybody else, and while there is a mail server,
 * there is none.
 */
@Injectable()
export class MailboxGuard implements CanActivate {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly mailbox: Mailbox,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isAdmitted = isFromHere(request, publicUrl(this.settings)) || (request.caller?.isSuperuser ?? false);
    if (!this.mailbox.isInUse || !isAdmitted) throw new NotFoundException();
    return true;
  }
}

/** What is looked at of a request. */
type Origin = Pick<FastifyRequest, 'headers' | 'ip' | 'ips' | 'host'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * Whether somebody at this machine makes the request. A proxy on this machine makes requests for others: what comes
 * through one counts only if TRUST_PROXY says that it tells the truth, and it tells of this machine. A page of another
 * site cannot ask either: its name, even if it leads here (DNS rebinding), is none of ours.
 */
export function isFromHere(request: Origin, ownUrl: string): boolean {
  const { headers, ip, ips = [], socket } = request;
  if (!isLoopback(socket.remoteAddress ?? '') || !isOwnName(request.host, ownUrl)) return false;
  const isProxied = proxyHeaders.some((name) => headers[name] !== undefined);
  return !isProxied || (ips.length > 1 && isLoopback(ip));
}

function isLoopback(address: string): boolean {
  const bare = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(bare) !== 0 && loopback.check(bare, isIP(bare) === 4 ? 'ipv4' : 'ipv6');
}

function isOwnName(host: string, ownUrl: string): boolean {
  if (host === new URL(ownUrl).host) return true;
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isLoopback(name);
}
