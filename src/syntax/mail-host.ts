import { isIP } from 'node:net';

import { controlCharacter, toAsciiDomain } from './email-address.js';

/** Returns the host as an IP address without brackets or an ASCII host name; undefined if it is neither. */
export function toAsciiHost(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return bare;
  const name = toAsciiDomain(host);
  return name !== undefined && /^(?!-)[a-z0-9_.-]{1,253}$/i.test(name) && !name.includes('..') ? name : undefined;
}

/** Returns why this is not the host of a mail server, for administrators; undefined if it is. */
export function hostProblem(host: string): string | undefined {
  if (controlCharacter.test(host)) return 'The host of the mail server contains a control character.';
  if (host.trim() === '') return 'No host is set for the mail server.';
  if (toAsciiHost(host) !== undefined) return undefined;
  return 'The host of the mail server is neither a host name nor an IP address. The port is a separate setting.';
}

/** Whether this can be the argument of EHLO: an ASCII host name or an address literal (RFC 5321, 4.1.1.1 and 4.1.3). */
export function isClientName(name: string): boolean {
  const [, v6 = '', v4 = ''] = /^\[(?:IPv6:(.+)|(.+))\]$/i.exec(name) ?? [];
  if (isIP(v6) === 6 || isIP(v4) === 4) return true;
  return isIP(name) === 0 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(name);
}

/** Returns why a login with this value cannot be sent, for administrators; undefined if it can. */
export function loginProblem(what: 'username' | 'password', value: string): string | undefined {
  return controlCharacter.test(value) ? `The ${what} of the mail server contains a control character.` : undefined;
}
