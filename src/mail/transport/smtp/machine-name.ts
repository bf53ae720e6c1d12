import type { Socket } from 'node:net';
import { hostname } from 'node:os';

/** Returns the fully qualified name of this machine, or else its address literal (RFC 5321, 4.1.3). */
export function machineName({ localAddress = '127.0.0.1' }: Socket): string {
  const name = hostname();
  if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(name)) return name;
  const address = localAddress.replace(/^::ffff:/, '').replace(/%.*$/, '');
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}
