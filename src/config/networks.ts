import { BlockList, isIP } from 'node:net';

/** A network in CIDR notation. */
interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Addresses of this machine, as clients of a proxy on it seem to have. */
const loopback = ['127.0.0.1', '127.255.255.255', '::1', '::ffff:127.0.0.1'];

/**
 * Reads an address or a network such as `10.0.0.0/8`.
 *
 * @throws Error whose message completes the name of a setting
 */
export function networkOf(text: string): Network {
  const [, address = '', length] = /^([\d.]+|[\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (version === 0 || bits > most) throw new Error(`must be addresses and networks such as 10.0.0.0/8, not ${text}`);
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/**
 * Reads networks, comma separated.
 *
 * @throws Error whose message completes the name of a setting
 */
export function networksIn(text: string): string[] {
  const networks = text.split(',').map((part) => part.trim());
  for (const network of networks) networkOf(network);
  return networks;
}

/**
 * Reads networks, comma separated, whose clients may be let in by their address: no loopback address among them.
 *
 * @throws Error whose message completes the name of a setting
 */
export function loopbackFreeNetworks(text: string): string[] {
  const networks = networksIn(text);
  const all = new BlockList();
  for (const network of networks) {
    const { address, bits, family } = networkOf(network);
    all.addSubnet(address, bits, family);
  }
  if (loopback.some((address) => all.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6'))) {
    throw new Error('must not hold loopback addresses: every client of a proxy on this machine seems to have one');
  }
  return networks;
}
