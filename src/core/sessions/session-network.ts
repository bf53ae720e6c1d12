import { isIPv4, isIPv6 } from 'node:net';

/** Binds a session to nothing, or to the network or address of the client that created it. */
export type SessionBinding = 'none' | 'network' | 'address';

/** Prefix lengths; `network` uses common allocation sizes, /24 for IPv4 and /48 for IPv6. */
const prefix = { network: { v4: 24, v6: 48 }, address: { v4: 32, v6: 128 } };

/**
 * Returns the network to bind a new session to, in the format of PostgreSQL: `192.0.2.7/24`; null for no binding or an
 * unknown client address.
 */
export function boundNetwork(binding: SessionBinding, clientIp: string): string | null {
  const address = plainAddress(clientIp);
  if (binding === 'none' || address === null) return null;
  return `${address}/${prefix[binding][isIPv4(address) ? 'v4' : 'v6']}`;
}

/** Returns a client address in the format of the database, IPv4-mapped IPv6 as IPv4; null if it is not an address. */
export function plainAddress(ip: string): string | null {
  const [address = ''] = ip.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  return isIPv4(address) || isIPv6(address) ? address : null;
}
