import { createPrivateKey } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';

import { SecretBox } from '../../database/secret-box.js';
import { asciiDomainOf } from '../../syntax/email-address.js';
import type { SigningKey } from '../transport/dkim-signature.js';
import { dkimKeyPlace } from './dkim-key.entity.js';
import { nearestKeys } from './nearest-keys.js';

/** How long the keys of a sender are cached, in milliseconds. */
const cachedForMs = 10_000;

/** Returns the keys that sign the mails of a sender. */
@Injectable()
export class MailSigner {
  private readonly cached = new LRUCache<string, readonly SigningKey[]>({
    max: 1000,
    ttl: cachedForMs,
    fetchMethod: (domain) => this.read(domain),
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
  ) {}

  /**
   * Returns the active keys of the sender's domain, else those of the nearest domain above it that is aligned with it;
   * none if there are none. A change takes effect within 10 seconds.
   *
   * @param from address in `From:`
   */
  async keysOf(from: string): Promise<readonly SigningKey[]> {
    return (await this.cached.fetch(asciiDomainOf(from))) ?? [];
  }

  private async read(from: string): Promise<readonly SigningKey[]> {
    const keys = await nearestKeys(this.dataSource.manager, from, ['active']);
    return keys.map(({ domain, selector, privateKey }) => ({
      domain: domain.name,
      selector,
      privateKey: createPrivateKey(this.secrets.open(privateKey, dkimKeyPlace)),
    }));
  }
}
