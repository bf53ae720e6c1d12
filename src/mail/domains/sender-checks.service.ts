import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { Finding } from './check/finding.js';
import { checkSender } from './check/sender-check.js';
import { DkimKey } from './dkim-key.entity.js';
import { Dns } from './dns.js';
import { MailDomain } from './mail-domain.entity.js';
import { signingDomains } from './signing-domain.js';

/** Checks what receivers will think of senders. */
@Injectable()
export class SenderChecks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly dns: Dns,
  ) {}

  /**
   * Checks the domain of a sender.
   *
   * @param domain domain of the address in `From:`, in ASCII and lower case
   * @param servers hosts of the mail servers that send
   */
  async check(domain: string, servers: readonly string[]): Promise<Finding[]> {
    return checkSender(this.dns, { domain, servers, signer: await this.signerOf(domain) });
  }

  /** Returns who signs mails from a domain: with active keys, or with pending ones of a domain that has no others. */
  private async signerOf(from: string): Promise<{ domain: string; keys: DkimKey[] } | undefined> {
    const candidates = signingDomains(from);
    const [domain] = await this.dataSource.manager
      .createQueryBuilder(MailDomain, 'domain')
      .innerJoinAndSelect('domain.keys', 'key', "key.state <> 'retired'")
      .where('domain.signing and domain.name = any(:candidates)', { candidates })
      .orderBy('length(domain.name)', 'DESC')
      .addOrderBy('key.algorithm', 'DESC')
      .getMany();
    if (domain === undefined) return undefined;
    const active = (domain.keys ?? []).filter(({ state }) => state === 'active');
    return { domain: domain.name, keys: active.length > 0 ? active : (domain.keys ?? []) };
  }
}
