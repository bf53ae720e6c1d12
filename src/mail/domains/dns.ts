import { Resolver } from 'node:dns/promises';

import { Inject, Injectable } from '@nestjs/common';

import { SETTINGS, type Settings } from '../../config/settings.js';

/** No name server has answered. */
export class DnsUnavailableError extends Error {
  override readonly name = 'DnsUnavailableError';
}

/** A mail exchanger of a domain. */
export interface MailExchanger {
  /** Empty: the domain accepts no mail (RFC 7505). */
  readonly host: string;
  readonly priority: number;
}

/** What checks ask name servers. */
export interface DnsLookups {
  /** The texts of TXT records, each joined from its strings. */
  txt(name: string): Promise<string[]>;
  mx(name: string): Promise<MailExchanger[]>;
  /** IPv4 and IPv6 addresses. */
  addresses(name: string): Promise<string[]>;
  /** The name that the name is an alias of; undefined if it is none. */
  alias(name: string): Promise<string | undefined>;
  /** Whether the name, or a name below it, has any record. */
  exists(name: string): Promise<boolean>;
}

/** Errors of c-ares for names without such a record. */
const withoutRecord = ['ENODATA', 'ENOTFOUND'];

/** Asks the name servers of DNS_SERVERS, or of the system. */
@Injectable()
export class Dns implements DnsLookups {
  // A check asks about 20 times, so that a silent server must not take long.
  private readonly resolver = new Resolver({ timeout: 2000, tries: 2 });

  constructor(@Inject(SETTINGS) settings: Settings) {
    if (settings.dnsServers.length > 0) this.resolver.setServers(settings.dnsServers);
  }

  async txt(name: string): Promise<string[]> {
    const records = await this.ask(name, [], () => this.resolver.resolveTxt(name));
    return records.map((strings) => strings.join(''));
  }

  async mx(name: string): Promise<MailExchanger[]> {
    const records = await this.ask(name, [], () => this.resolver.resolveMx(name));
    return records.map(({ exchange, priority }) => ({ host: exchange, priority }));
  }

  async addresses(name: string): Promise<string[]> {
    const found = await Promise.all([
      this.ask(name, [], () => this.resolver.resolve4(name)),
      this.ask(name, [], () => this.resolver.resolve6(name)),
    ]);
    return found.flat();
  }

  async alias(name: string): Promise<string | undefined> {
    return (await this.ask(name, [], () => this.resolver.resolveCname(name)))[0];
  }

  async exists(name: string): Promise<boolean> {
    try {
      await this.resolver.resolveSoa(name);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENODATA') return true;
      if (code === 'ENOTFOUND') return false;
      throw unavailable(name, error);
    }
  }

  private async ask<T>(name: string, none: T, query: () => Promise<T>): Promise<T> {
    try {
      return await query();
    } catch (error) {
      if (withoutRecord.includes(String((error as NodeJS.ErrnoException).code))) return none;
      throw unavailable(name, error);
    }
  }
}

function unavailable(name: string, error: unknown): DnsUnavailableError {
  const { code = 'an error' } = error as NodeJS.ErrnoException;
  return new DnsUnavailableError(`The name server did not answer for ${name} (${code}).`, { cause: error });
}
