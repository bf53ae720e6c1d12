import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { hashTokenKey } from '../../core/access/token-key.js';
import { type Guess, GuessLimits, isLocked } from '../../core/limits/guess-limits.service.js';
import { tooManyAttempts } from '../../core/limits/too-many-attempts.js';
import { hashPassword, isOutdated, verifyPassword } from '../../core/passwords/password-hash.js';
import { KnownBrowsers } from '../../core/sessions/known-browsers.js';
import { Token } from '../../core/tokens/token.entity.js';
import { User } from '../../core/users/user.entity.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { recordProof } from '../../flow-execution/proved-account.js';
import { LockNotices } from '../../mail/notices/lock-notices.service.js';
import type { PasswordBackend, PasswordStage } from './password-stage.entity.js';

/** The backend of the passwords that this service stores. */
const ownBackend = 'authentik.core.auth.InbuiltBackend';

/** The identity that a visitor claims, and proves with a password. */
export interface ClaimedIdentity {
  /** Undefined for an unknown user, which the visitor must not learn. */
  readonly user: User | undefined;
  /** The name that the visitor typed. */
  readonly name: string;
}

/** `unconfirmed`: the password is right, and the account waits for the confirmation of its address. */
export type PasswordResult = 'right' | 'wrong' | 'unconfirmed';

/**
 * Verifies passwords. Every attempt is counted before verification. Unknown users, deactivated users and users without a
 * password get the same responses, after the same work and under the same limits, as a wrong password of a known user.
 */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly limits: GuessLimits,
    private readonly browsers: KnownBrowsers,
    private readonly events: EventLog,
    private readonly notices: LockNotices,
  ) {}

  /**
   * Verifies a password. Records the authentication in the plan, or the failure as an event.
   *
   * @param stage the stage with the backends to try
   */
  async verify(
    execution: Execution,
    stage: PasswordStage,
    claimed: ClaimedIdentity,
    password: string,
  ): Promise<PasswordResult> {
    const guess = this.guessOf(execution, claimed);
    const verdict = await this.limits.count(guess);
    if (isLocked(verdict)) {
      await this.notices.notify(execution.manager, { ...claimed, locales: execution.visitor.locales });
    }
    if (verdict.kind === 'limited') {
      execution.message('error', tooManyAttempts(verdict.wait));
      return 'wrong';
    }
    const user = verdict.kind === 'allowed' && mayBeProved(claimed.user) ? claimed.user : undefined;
    const backend = await matchingBackend(execution.manager, stage.backends, user, password);
    if (user === undefined || backend === undefined || (!user.isActive && backend !== ownBackend)) {
      await this.recordFailure(execution, stage, claimed);
      return 'wrong';
    }
    await this.limits.succeeded(guess);
    await this.recordSuccess(execution, user, backend, password);
    return user.isActive ? 'right' : 'unconfirmed';
  }

  private guessOf({ visitor }: Execution, { user, name }: ClaimedIdentity): Guess {
    return {
      what: 'password',
      clientIp: visitor.clientIp,
      browser: this.browsers.find(visitor.browser, user),
      typed: name,
      account: user === undefined ? name : `user:${user.pk}`,
      version: String(user?.passwordChangeDate.getTime() ?? ''),
    };
  }

  private async recordSuccess(
    { manager, plan }: Execution,
    user: User,
    backend: PasswordBackend,
    password: string,
  ): Promise<void> {
    recordProof(plan.context, user);
    plan.context.user_backend = backend;
    plan.context.auth_method = backend === 'authentik.core.auth.TokenBackend' ? 'app_password' : 'password';
    if (backend === ownBackend && (await isOutdated(user.passwordHash))) {
      const passwordHash = await hashPassword(password);
      await manager.update(User, { pk: user.pk, passwordHash: user.passwordHash }, { passwordHash });
    }
  }

  private recordFailure(
    { manager, visitor }: Execution,
    stage: PasswordStage,
    { user, name }: ClaimedIdentity,
  ): Promise<void> {
    return this.events.write(manager, {
      action: 'login_failed',
      app: 'authentik.events.signals',
      context: {
        // An unknown name may be a password in the wrong field. `Array.from` does not split surrogate pairs.
        username: user?.username ?? `${Array.from(name).slice(0, 2).join('')}…`,
        stage: { app: 'authentik_stages_password', model_name: 'passwordstage', pk: stage.pk, name: stage.name },
      },
      clientIp: visitor.clientIp,
    });
  }
}

/** Whether the password of an account may be verified. That of a deactivated one is wrong. */
function mayBeProved(user: User | undefined): user is User {
  return user !== undefined && (user.isActive || user.awaitsConfirmation);
}

/** Returns the first backend that the password matches. Does the same work for an unknown user. */
async function matchingBackend(
  manager: EntityManager,
  backends: readonly PasswordBackend[],
  user: User | undefined,
  password: string,
): Promise<PasswordBackend | undefined> {
  for (const backend of backends) {
    if (await matches(manager, backend, user, password)) return backend;
  }
  return undefined;
}

async function matches(
  manager: EntityManager,
  backend: PasswordBackend,
  user: User | undefined,
  password: string,
): Promise<boolean> {
  switch (backend) {
    case 'authentik.core.auth.InbuiltBackend':
      return verifyPassword(user?.passwordHash ?? '', password);
    case 'authentik.core.auth.TokenBackend':
      return manager
        .createQueryBuilder(Token, 'token')
        .where('token.keyHash = :hash', { hash: hashTokenKey(password) })
        .andWhere(`token.userId = :user and token.intent = 'app_password'`, { user: user?.pk ?? 0 })
        .andWhere('(not token.expiring or token.expires is null or token.expires > now())')
        .getExists();
    case 'authentik.sources.ldap.auth.LDAPBackend':
    case 'authentik.sources.kerberos.auth.KerberosBackend':
      return false;
  }
}
