import { isIPv4, isIPv6 } from 'node:net';

/** Where a session can be used from: anywhere, or the network or the very address that it was begun from. */
export type SessionBinding = 'none' | 'network' | 'address';

/** Bits of an address that name its network, as networks are commonly handed out: /24, and /48 of IPv6. */
const prefix = { network: { v4: 24, v6: 48 }, address: { v4: 32, v6: 128 } };

/**
 * The network that a session is bound to which is begun from here, as the database reads it: `192.0.2.7/24`; null if it
 * is bound to none, or if nobody knows from where it was begun.
 */
export function boundNetwork(binding: SessionBinding, clientIp: string): string | null {
  const address = plainAddress(clientIp);
  if (binding === 'none' || address === null) return null;
  return `${address}/${prefix[binding][isIPv4(address) ? 'v4' : 'v6']}`;
}

/** A client's address as the database compares it: IPv4 also where it is written as IPv6; null for what is none. */
export function plainAddress(ip: string): string | null {
  const [address = ''] = ip.replace(/^::ffff:(?=\d+\.)/i, '').split('%');
  return isIPv4(address) || isIPv6(address) ? address : null;
}
