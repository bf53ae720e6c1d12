import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../config/settings.js';
import { DatabaseClock } from '../database/database-clock.js';
import { originIn, redirectWith } from './redirect-url.js';
import { tokenSeconds, VerificationTokens } from './signing/verification-tokens.service.js';
import type { VerificationState } from './verification-states.js';
import { type StoredVerification, VerificationStore } from './verification-store.js';

/** A link as its page shows it. */
export interface VerificationLink {
  readonly state: VerificationState | 'unknown';
  /** The address to verify; empty for an unknown link. */
  readonly address: string;
  /** Whether an account of this service gets the address. */
  readonly isForAccount: boolean;
  /** Where the application is; undefined if the verification names no allowed address. */
  readonly application: string | undefined;
}

/** The result of a button. `approved`: by this request. */
export interface PressedLink extends VerificationLink {
  readonly kind: 'approved' | 'dead';
  readonly pk: string | undefined;
  /** Where the browser goes with the result; undefined for a page of this service. */
  readonly redirect: string | undefined;
}

/** Carries out the links of verifications. */
@Injectable()
export class VerificationLinks {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly store: VerificationStore,
    private readonly tokens: VerificationTokens,
    private readonly clock: DatabaseClock,
  ) {}

  /** Returns the link with this secret. Changes nothing. */
  async find(secret: string): Promise<VerificationLink> {
    return this.linkOf(await this.store.findBySecret(secret));
  }

  /**
   * Approves a verification.
   *
   * @param approvedHere key of the verification that this browser has approved: pressed twice, the button leads to the
   *   application again while its first token is valid
   */
  async press(secret: string, clientIp: string, approvedHere: string | undefined): Promise<PressedLink> {
    const approved = await this.dataSource.transaction((manager) =>
      this.store.approveByLink(manager, secret, { clientIp }),
    );
    const verification = approved ?? (await this.store.findBySecret(secret));
    const link = { ...this.linkOf(verification), pk: verification?.pk };
    if (verification === undefined || (approved === undefined && !this.isRepeated(verification, approvedHere))) {
      return { ...link, kind: 'dead', redirect: undefined };
    }
    return { ...link, kind: 'approved', redirect: await this.redirectOf(verification) };
  }

  private isRepeated({ pk, approvedAt, approvedBy }: StoredVerification, approvedHere: string | undefined): boolean {
    if (pk !== approvedHere || approvedBy !== 'link' || approvedAt === null) return false;
    return this.clock.now() < approvedAt.getTime() + tokenSeconds * 1000;
  }

  private async redirectOf(verification: StoredVerification): Promise<string | undefined> {
    const { pk, redirectUrl } = verification;
    // The setting may have changed since.
    const origin = redirectUrl === null ? undefined : originIn(redirectUrl, this.settings.allowedRedirects);
    if (redirectUrl === null || origin === undefined) return undefined;
    return redirectWith(redirectUrl, { verification: pk, token: await this.tokens.sign(verification, origin) });
  }

  private linkOf(verification: StoredVerification | undefined): VerificationLink {
    if (verification === undefined) {
      return { state: 'unknown', address: '', isForAccount: false, application: undefined };
    }
    const { status, isOpen, email: address, redirectUrl, userId } = verification;
    // A link whose mail has failed works until the time is over, in case that it has arrived.
    const state = status === 'failed' && !isOpen ? 'expired' : status;
    const isAllowed = redirectUrl !== null && originIn(redirectUrl, this.settings.allowedRedirects) !== undefined;
    return { state, address, isForAccount: userId !== null, application: isAllowed ? redirectUrl : undefined };
  }
}
