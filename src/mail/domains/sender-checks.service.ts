import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { TransportSettings } from '../transport/mail-transport.js';
import { MailTransports } from '../transport/mail-transports.js';
import type { Finding } from './check/finding.js';
import { checkSender } from './check/sender-check.js';
import type { DkimKey } from './dkim-key.entity.js';
import { Dns } from './dns.js';
import { nearestKeys } from './nearest-keys.js';

/** Checks what receivers will think of senders. */
@Injectable()
export class SenderChecks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly dns: Dns,
    private readonly transports: MailTransports,
  ) {}

  /**
   * Checks the domain of a sender.
   *
   * @param domain domain of the address in `From:`, in ASCII and lower case
   * @param transports those that send its mails
   */
  async check(domain: string, transports: readonly TransportSettings[]): Promise<Finding[]> {
    const servers = hostsOf(transports.map((transport) => this.transports.describe(transport).server));
    return checkSender(this.dns, { domain, servers, signer: await this.signerOf(domain) });
  }

  /** Returns who signs mails from a domain: with active keys, or with pending ones of a domain that has no others. */
  private async signerOf(from: string): Promise<{ domain: string; keys: DkimKey[] } | undefined> {
    const keys = await nearestKeys(this.dataSource.manager, from, ['active', 'pending']);
    const [first] = keys;
    if (first === undefined) return undefined;
    const active = keys.filter(({ state }) => state === 'active');
    return { domain: first.domain.name, keys: active.length > 0 ? active : keys };
  }
}

/** Returns the hosts of servers, `host:port`; none if mails go to no server. */
function hostsOf(servers: readonly string[]): string[] {
  return servers
    .filter((server) => server !== '')
    .map((server) => server.replace(/:\d+$/, '').replaceAll(/[[\]]/g, ''));
}
