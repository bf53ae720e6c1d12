import { BlockList, isIP } from 'node:net';

import type { DnsLookups } from '../dns.js';

/** Receivers stop after so many terms that need a lookup (RFC 7208, 4.6.4). */
export const maxLookups = 10;

/** Receivers stop after so many lookups without a result (RFC 7208, 4.6.4). */
export const maxVoidLookups = 2;

/** So many lookups are followed, to name their number. */
const followedLookups = 30;

/** Mechanisms, with a qualifier and what follows them. */
const mechanism = /^([-+?~]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/])(.*))?$/i;
const modifier = /^[a-z][-a-z0-9_.]*=/i;

/** Receivers treat the record as a permanent error. */
export class SpfError extends Error {
  override readonly name = 'SpfError';
}

/** What an SPF record says, with the records that it includes. */
export interface SpfRecord {
  /** Qualifier of `all`; undefined if there is none. */
  readonly all: string | undefined;
  /** Terms that need a lookup. */
  readonly lookups: number;
  readonly voidLookups: number;
  /** Domains that are included, at any depth. */
  readonly includes: ReadonlySet<string>;
  readonly usesPtr: boolean;
  /** Whether a mechanism with a macro decides for addresses that cannot be listed. */
  readonly usesMacros: boolean;
  /** The addresses that may send. */
  readonly senders: BlockList;
}

/** Returns the SPF records of a domain. */
async function spfTexts(dns: DnsLookups, domain: string): Promise<string[]> {
  return (await dns.txt(domain)).filter((text) => /^v=spf1( |$)/i.test(text));
}

/**
 * Reads the SPF record of a domain and all that it includes (RFC 7208).
 *
 * @returns undefined if the domain has none
 * @throws SpfError
 */
export async function readSpf(dns: DnsLookups, domain: string): Promise<SpfRecord | undefined> {
  const walk = new SpfWalk(dns);
  const [text, ...more] = await spfTexts(dns, domain);
  if (text === undefined) return undefined;
  if (more.length > 0) {
    throw new SpfError(`${domain} has ${more.length + 1} SPF records, which is an error: merge them into one`);
  }
  const all = await walk.read(domain, text);
  const { lookups, voidLookups, includes, usesPtr, usesMacros, senders } = walk;
  return { all, lookups, voidLookups, includes, usesPtr, usesMacros, senders };
}

class SpfWalk {
  lookups = 0;
  voidLookups = 0;
  usesPtr = false;
  usesMacros = false;
  readonly includes = new Set<string>();
  readonly senders = new BlockList();

  constructor(private readonly dns: DnsLookups) {}

  /** @returns the qualifier of `all` */
  async read(domain: string, text: string): Promise<string | undefined> {
    let all: string | undefined;
    let redirect: string | undefined;
    for (const term of text.split(/ +/).slice(1)) {
      if (term === '' || all !== undefined) continue;
      if (/^redirect=/i.test(term)) redirect = term.slice('redirect='.length);
      else if (mechanism.test(term)) all = await this.readMechanism(domain, term);
      else if (!modifier.test(term)) throw new SpfError(`The SPF record of ${domain} has the unknown term "${term}"`);
    }
    if (all === undefined && redirect !== undefined) return this.follow(domain, redirect);
    return all;
  }

  private async readMechanism(domain: string, term: string): Promise<string | undefined> {
    const [, sign = '', kind = '', separator = '', rest = ''] = mechanism.exec(term) ?? [];
    const qualifier = sign === '' ? '+' : sign;
    const name = kind.toLowerCase();
    if (name === 'all') return qualifier;
    if (name === 'ip4' || name === 'ip6') this.addNetwork(domain, term, qualifier, rest);
    else if (name === 'include') await this.follow(domain, rest);
    else await this.readHosts(name, qualifier, separator === ':' ? (rest.split('/')[0] ?? '') : domain);
    return undefined;
  }

  private addNetwork(domain: string, term: string, qualifier: string, network: string): void {
    const [address = '', length] = network.split('/');
    const family = isIP(address);
    const bits = Number(length ?? (family === 4 ? 32 : 128));
    if (family !== Number(/ip(\d)/i.exec(term)?.[1]) || !(bits >= 0 && bits <= (family === 4 ? 32 : 128))) {
      throw new SpfError(`The SPF record of ${domain} has the invalid network "${term}"`);
    }
    if (qualifier === '+') this.senders.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }

  private async readHosts(name: string, qualifier: string, target: string): Promise<void> {
    this.lookups += 1;
    if (name === 'ptr') this.usesPtr = true;
    const hasMacro = target.includes('%');
    if (hasMacro || name === 'exists') this.usesMacros = true;
    if (hasMacro || (name !== 'a' && name !== 'mx') || this.lookups > followedLookups) return;
    const hosts = name === 'mx' ? (await this.dns.mx(target)).map(({ host }) => host) : [target];
    const addresses = (await Promise.all(hosts.map((host) => this.dns.addresses(host)))).flat();
    if (addresses.length === 0) this.voidLookups += 1;
    if (qualifier !== '+') return;
    for (const address of addresses) this.senders.addAddress(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }

  /** Reads the record that an include or a redirect names. */
  private async follow(domain: string, target: string): Promise<string | undefined> {
    this.lookups += 1;
    if (target.includes('%')) {
      this.usesMacros = true;
      return undefined;
    }
    const name = target.toLowerCase();
    if (this.includes.has(name) || this.lookups > followedLookups) return undefined;
    this.includes.add(name);
    const [text, ...more] = await spfTexts(this.dns, name);
    if (text === undefined) {
      throw new SpfError(`The SPF record of ${domain} includes ${target}, which has no SPF record: remove it`);
    }
    if (more.length > 0) {
      throw new SpfError(`The SPF record of ${domain} includes ${target}, which has ${more.length + 1} SPF records`);
    }
    return this.read(name, text);
  }
}
