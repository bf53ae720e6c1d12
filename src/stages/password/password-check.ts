import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { type Guess, GuessLimits, isLocked } from '../../core/limits/guess-limits.service.js';
import { tooManyAttempts } from '../../core/limits/too-many-attempts.js';
import { hashPassword, isOutdated, verifyPassword } from '../../core/passwords/password-hash.js';
import { KnownBrowsers } from '../../core/sessions/known-browsers.js';
import { hashTokenKey } from '../../core/tokens/token-key.js';
import { Token } from '../../core/tokens/token.entity.js';
import { User } from '../../core/users/user.entity.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import { noteProof } from '../../flow-execution/proved-account.js';
import { LockNotices } from '../../mail/notices/lock-notices.service.js';
import type { PasswordBackend, PasswordStage } from './password-stage.entity.js';

/** Who a password is asked of. */
export interface Claimed {
  /** Undefined: nobody, and the visitor must not learn that. */
  readonly user: User | undefined;
  /** What the visitor said who they are. */
  readonly name: string;
}

/**
 * Checks passwords; every attempt is counted before verification. Unknown and inactive users, and users without a
 * password, get the same answers after the same work and under the same limits as a wrong password of a known user.
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
   * Whether the password is theirs. It is noted in the plan how they have proved it, or in the events that they have not.
   *
   * @param stage says where the password may be known
   */
  async passes(execution: Execution, stage: PasswordStage, claimed: Claimed, password: string): Promise<boolean> {
    const guess = this.guessOf(execution, claimed);
    const verdict = await this.limits.count(guess);
    if (isLocked(verdict)) {
      await this.notices.notify(execution.manager, { ...claimed, locales: execution.visitor.locales });
    }
    if (verdict.kind === 'limited') {
      execution.message('error', tooManyAttempts(verdict.wait));
      return false;
    }
    const user = claimed.user?.isActive && verdict.kind === 'allowed' ? claimed.user : undefined;
    const backend = await knownTo(execution.manager, stage.backends, user, password);
    if (user === undefined || backend === undefined) {
      await this.report(execution, stage, claimed);
      return false;
    }
    await this.limits.succeeded(guess);
    await this.accept(execution, user, backend, password);
    return true;
  }

  private guessOf({ visitor }: Execution, { user, name }: Claimed): Guess {
    return {
      what: 'password',
      clientIp: visitor.clientIp,
      browser: this.browsers.find(visitor.browser, user),
      typed: name,
      account: user === undefined ? name : `user:${user.pk}`,
      version: String(user?.passwordChangeDate.getTime() ?? ''),
    };
  }

  private async accept(
    { manager, plan }: Execution,
    user: User,
    backend: PasswordBackend,
    password: string,
  ): Promise<void> {
    noteProof(plan.context, user);
    plan.context.user_backend = backend;
    plan.context.auth_method = backend === 'authentik.core.auth.TokenBackend' ? 'app_password' : 'password';
    if (backend === 'authentik.core.auth.InbuiltBackend' && (await isOutdated(user.passwordHash))) {
      const passwordHash = await hashPassword(password);
      await manager.update(User, { pk: user.pk, passwordHash: user.passwordHash }, { passwordHash });
    }
  }

  private report({ manager, visitor }: Execution, stage: PasswordStage, { user, name }: Claimed): Promise<void> {
    return this.events.write(manager, {
      action: 'login_failed',
      app: 'authentik.events.signals',
      context: {
        // What is nobody's name may be a password in the wrong field. Half of a character cannot be stored.
        username: user?.username ?? `${Array.from(name).slice(0, 2).join('')}…`,
        stage: { app: 'authentik_stages_password', model_name: 'passwordstage', pk: stage.pk, name: stage.name },
      },
      clientIp: visitor.clientIp,
    });
  }
}

/** The first of the backends that knows this password as the user's; nobody is looked up as thoroughly as somebody. */
async function knownTo(
  manager: EntityManager,
  backends: readonly PasswordBackend[],
  user: User | undefined,
  password: string,
): Promise<PasswordBackend | undefined> {
  for (const backend of backends) {
    if (await knows(manager, backend, user, password)) return backend;
  }
  return undefined;
}

async function knows(
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
