import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';

import { publicUrl, SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import type { StoredVerification } from '../verification-store.js';
import { SigningKeys, signingAlgorithm } from './signing-keys.service.js';

/** Validity of a token in seconds: the browser carries it to the application at once. */
export const tokenSeconds = 300;

/** Signs the results of verifications. */
@Injectable()
export class VerificationTokens {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly keys: SigningKeys,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Returns a JSON Web Token that says what was verified.
   *
   * @param audience origin of the application
   */
  async sign({ pk, email, externalId, approvedAt, approvedBy }: StoredVerification, audience: string): Promise<string> {
    const { id, privateKey } = await this.keys.active();
    const now = Math.floor(this.clock.now() / 1000);
    const claims = { email, method: approvedBy, verified_at: approvedAt?.toISOString(), external_id: externalId };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: signingAlgorithm, kid: id, typ: 'JWT' })
      .setIssuer(publicUrl(this.settings))
      .setSubject(pk)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + tokenSeconds)
      .sign(privateKey);
  }
}
