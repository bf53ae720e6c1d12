import { randomUUID } from 'node:crypto';

import { Injectable, Logger } from '@nestjs/common';
import {
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importPKCS8,
  type CryptoKey,
  type JWK,
} from 'jose';
import { DataSource, type EntityManager } from 'typeorm';

import { Housekeeping } from '../../database/housekeeping.js';
import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { SigningKey, signingKeyPlace } from './signing-key.entity.js';

/** Ed25519 (RFC 8037): short keys and signatures, and no parameters to choose wrongly. */
export const signingAlgorithm = 'EdDSA';

/** Hours that the public key of a retired key stays published: much longer than its tokens and than caches of the set. */
const publishedHours = 24;

/** The key that signs at present. */
export interface ActiveKey {
  readonly id: string;
  readonly privateKey: CryptoKey;
}

/** Keeps the keys that sign tokens: made when the first one is needed, sealed, replaced by a command. */
@Injectable()
export class SigningKeys {
  private readonly logger = new Logger(SigningKeys.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly events: EventLog,
    housekeeping: Housekeeping,
  ) {
    housekeeping.register('retired signing keys', () => this.purge());
  }

  /** Returns the active key, which is made if there is none. */
  async active(): Promise<ActiveKey> {
    const key = (await this.findActive()) ?? (await this.makeFirst());
    try {
      return await this.opened(key);
    } catch (error) {
      if (!(error instanceof SealBrokenError)) throw error;
      this.logger.warn('The signing key was sealed with another SECRET_KEY, so a new one is made.');
      await this.rotate();
      return this.opened((await this.findActive()) ?? key);
    }
  }

  /** Returns the public keys of all tokens that may be valid, as a JSON Web Key Set (RFC 7517). */
  async published(): Promise<{ keys: JWK[] }> {
    const stored = await this.dataSource.manager.find(SigningKey, { order: { created: 'DESC' } });
    // Receivers keep the set for some time, so it must not be empty before the first token.
    const keys = stored.length > 0 ? stored : [await this.makeFirst()];
    return { keys: keys.map(({ publicKey }) => publicKey as JWK) };
  }

  /** Retires the active key and makes a new one. @returns the `kid` of the new key */
  async rotate(): Promise<string> {
    const key = await this.generate();
    await this.dataSource.transaction(async (manager) => {
      await manager.query('lock table "signing_key" in share row exclusive mode');
      await manager.query(
        `update "signing_key" set is_active = false, retired = now(), private_key = '' where is_active`,
      );
      await manager.insert<{ pk: string }>(SigningKey, key);
      await this.events.write(manager, {
        action: 'secret_rotate',
        app: 'authentik.verifications',
        context: { message: 'The key that signs results of verifications was replaced.', kid: key.publicKey['kid'] },
      });
    });
    return String(key.publicKey['kid']);
  }

  private findActive(manager: EntityManager = this.dataSource.manager): Promise<SigningKey | null> {
    return manager.findOneBy(SigningKey, { isActive: true });
  }

  /** Makes the first key. Of concurrent processes one makes it. */
  private async makeFirst(): Promise<SigningKey> {
    const key = await this.generate();
    return this.dataSource.transaction(async (manager) => {
      await manager.query('lock table "signing_key" in share row exclusive mode');
      const made = await this.findActive(manager);
      if (made !== null) return made;
      await manager.insert<{ pk: string }>(SigningKey, key);
      return key;
    });
  }

  private async opened({ publicKey, privateKey }: SigningKey): Promise<ActiveKey> {
    const pem = this.secrets.open(privateKey, signingKeyPlace);
    return { id: String(publicKey['kid']), privateKey: await importPKCS8(pem, signingAlgorithm) };
  }

  private async generate(): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(signingAlgorithm, { extractable: true });
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    return Object.assign(new SigningKey(), {
      pk: randomUUID(),
      publicKey: { ...jwk, kid, alg: signingAlgorithm, use: 'sig' },
      privateKey: this.secrets.seal(await exportPKCS8(privateKey), signingKeyPlace),
      isActive: true,
      retired: null,
    });
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "signing_key" where retired < now() - $1 * interval '1 hour'`,
      [publishedHours],
    );
    return deleted[1];
  }
}
