import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { hashTokenKey } from '../access/token-key.js';
import { Sessions } from '../sessions/session.service.js';
import { AccountChanges } from './account-changes.js';
import { User } from './user.entity.js';

/** Session and token of the request that makes the change, which are not revoked if they belong to the user. */
export interface KeptAccess {
  readonly session?: Buffer | undefined;
  /** Key of the token. */
  readonly token?: string | undefined;
  /** Whether all tokens of the user stay. */
  readonly keepsTokens?: boolean;
  /** Whether the token with the key `BOOTSTRAP_TOKEN` ends too; the next start with that setting creates it again. */
  readonly endsBootstrapToken?: boolean;
}

/** Options of a password change. */
export interface PasswordChange extends KeptAccess {
  /** Languages of the request, BCP 47, for the mail to the user. */
  readonly locales?: readonly string[];
}

/**
 * The one writer of passwords after an account exists, and the place where access that was gained with old credentials
 * ends (NIST SP 800-63B-4, 4.5 and 4.6). Everything happens in the caller's transaction.
 */
@Injectable()
export class Credentials {
  constructor(
    private readonly sessions: Sessions,
    private readonly changes: AccountChanges,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Sets a password, announces it, and ends the user's sessions, their own tokens, their open links and codes, except for `kept`.
   *
   * @param passwordHash of `hashPassword`; empty: the user has no password, and nothing is announced
   */
  async setPassword(
    manager: EntityManager,
    user: { readonly pk: number },
    passwordHash: string,
    { locales = [], ...kept }: PasswordChange = {},
  ): Promise<void> {
    // Before the user's row, in the order in which a flow locks them: the reverse order deadlocks.
    await this.endAccess(manager, user, false, kept);
    await manager.update(User, { pk: user.pk }, { passwordHash, passwordChangeDate: () => 'now()' });
    // Again, for a sign-in that held the row until now.
    await this.endAccess(manager, user, true, kept);
    if (kept.keepsTokens !== true) await this.endTokens(manager, user, kept);
    if (passwordHash !== '') await this.changes.announce(manager, { kind: 'password', user: user.pk, locales });
  }

  /**
   * Ends the links that went to the earlier address `from`, and announces the new one, which is written already.
   *
   * @param isKept whether the earlier address is still one of the account
   */
  async changedAddress(
    manager: EntityManager,
    user: { readonly pk: number },
    from: string,
    locales: readonly string[] = [],
    isKept = false,
  ): Promise<void> {
    await this.endLinks(manager, user, true);
    await this.changes.announce(manager, { kind: 'address', user: user.pk, from, locales, isKept });
  }

  /**
   * Ends the links and codes that went to an earlier address. Call it before and after the user's row is locked, so
   * that it locks in the order of a flow, and misses no link that was made meanwhile.
   *
   * @param isLocked whether the transaction has locked the user's row
   */
  async endLinks(manager: EntityManager, { pk }: { readonly pk: number }, isLocked: boolean): Promise<void> {
    await this.changes.end(manager, pk, isLocked);
  }

  /** Ends the user's sessions, and their open links and codes. Call it as `endLinks`. */
  async endAccess(
    manager: EntityManager,
    user: { readonly pk: number },
    isLocked: boolean,
    kept: KeptAccess = {},
  ): Promise<void> {
    await this.sessions.endAll(manager, user, kept.session);
    await this.endLinks(manager, user, isLocked);
  }

  /**
   * Ends the tokens that users made for themselves. Tokens of service accounts stay because programs use them, and so
   * does the token with the key `BOOTSTRAP_TOKEN`, which belongs to the installation. It is recognized by its key: an
   * identifier can be given to any token.
   */
  private async endTokens(
    manager: EntityManager,
    { pk }: { readonly pk: number },
    { token, endsBootstrapToken = false }: KeptAccess,
  ): Promise<void> {
    const { bootstrapToken } = this.settings;
    const kept = bootstrapToken === undefined || endsBootstrapToken ? null : hashTokenKey(bootstrapToken);
    await manager.query(
      `delete from "token" t using "user" u
        where t.user_id = $1 and u.id = t.user_id and u.type in ('internal', 'external')
          and t.intent in ('api', 'app_password') and t.token_uuid is distinct from $2::uuid
          and t.key_hash is distinct from $3::bytea`,
      [pk, token ?? null, kept],
    );
  }
}
