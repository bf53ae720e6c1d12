import { lookup, type LookupAddress, type LookupAllOptions, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import ipaddr from 'ipaddr.js';

import { networkOf } from '../config/networks.js';

/** An address that requests to URLs of clients must not reach. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

/** Asks for the addresses of a host, as `dns.lookup` does. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Addresses with a public range that serve the machines of a cloud: Azure's WireServer. */
const cloudServices = new Set(['168.63.129.16']);

/**
 * Which addresses requests to URLs of clients may reach: public ones, and those of networks that the operator names. A
 * host is looked up once, and the connection is made to an address of that answer which was checked: a name server that
 * answers differently the next time (DNS rebinding) has no effect.
 */
export class OutgoingNetworks {
  private readonly allowed = new BlockList();
  /** Lookups in flight. */
  private readonly asked = new Map<string, Promise<LookupAddress[]>>();

  /**
   * @param networks networks that are allowed apart from public addresses, such as `10.0.0.0/8`
   * @param setting the setting with these networks, for errors
   */
  constructor(
    networks: readonly string[],
    private readonly setting: string,
    private readonly resolve: Resolve = lookup,
  ) {
    for (const network of networks) {
      const { address, bits, family } = networkOf(network);
      this.allowed.addSubnet(address, bits, family);
    }
  }

  /** Whether an IP address may be reached. */
  allows(address: string): boolean {
    // An address with a zone, such as fe80::1%eth0, is of a local network, and BlockList throws at it.
    if (isIP(address) === 0 || address.includes('%')) return false;
    // `check` also finds an IPv4 address that is mapped to IPv6.
    return this.allowed.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') || isPublic(ipaddr.parse(address));
  }

  /**
   * Checks a URL before its host is looked up: sockets do not look up IP addresses.
   *
   * @throws AddressRefusedError if it is not HTTP, or has an IP address that must not be reached
   */
  check({ protocol, hostname }: URL): void {
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new AddressRefusedError(`${protocol} is neither http: nor https:.`);
    }
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && !this.allows(host)) throw this.refusal(hostname);
  }

  /** For the option `lookup` of a socket: answers only with addresses that may be reached. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    const answer = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]): void => {
      const reachable = addresses.filter(({ address }) => this.allows(address));
      const [first] = reachable;
      if (first === undefined) callback(error ?? this.refusal(host), []);
      else if (options.all === true) callback(null, reachable);
      else callback(null, first.address, first.family);
    };
    this.addressesOf(host, options).then(
      (addresses) => answer(null, addresses),
      (error: unknown) => answer(error as NodeJS.ErrnoException, []),
    );
  };

  /** Asks once for all requests to a host at a time: lookups that hang occupy the few threads of Node.js. */
  private addressesOf(host: string, options: LookupOptions): Promise<LookupAddress[]> {
    const key = JSON.stringify([host, options.family, options.hints]);
    const asked = this.asked.get(key) ?? this.ask(host, options).finally(() => this.asked.delete(key));
    this.asked.set(key, asked);
    return asked;
  }

  private ask(host: string, options: LookupOptions): Promise<LookupAddress[]> {
    return new Promise((resolve, reject) => {
      this.resolve(host, { ...options, all: true }, (error, addresses) => {
        if (error === null) resolve(addresses);
        else reject(error);
      });
    });
  }

  private refusal(host: string): AddressRefusedError {
    return new AddressRefusedError(`${host} has no address that is public or in ${this.setting}.`);
  }
}

/** Whether an address is on the public internet, also one that contains an IPv4 address which a gateway connects to. */
function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const range = address.range();
  if (address instanceof ipaddr.IPv4) return range === 'unicast' && !cloudServices.has(address.toString());
  const bytes = address.toByteArray();
  // Mapped addresses; NAT64 (RFC 6052), but its local prefix of RFC 8215 is of a private network.
  if (range === 'ipv4Mapped') return isPublic(new ipaddr.IPv4(bytes.slice(12)));
  if (range === 'rfc6052') return bytes[5] === 0 && isPublic(new ipaddr.IPv4(bytes.slice(12)));
  if (range === '6to4') return isPublic(new ipaddr.IPv4(bytes.slice(2, 6)));
  // Only 2000::/3 is assigned to the public (RFC 4291, 2.4).
  return range === 'unicast' && address.match(ipaddr.IPv6.parseCIDR('2000::/3'));
}
