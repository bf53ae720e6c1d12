import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { clientNetwork } from '../../core/limits/client-network.js';
import { type Limit, RequestLimits } from '../../core/limits/request-limits.service.js';
import { hashPassword, isOutdated, verifyPassword } from '../../core/passwords.js';
import { hashTokenKey } from '../../core/tokens/token-key.js';
import { Token } from '../../core/tokens/token.entity.js';
import { User } from '../../core/users/user.entity.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import type { Execution } from '../../flow-execution/execution.js';
import type { PasswordBackend, PasswordStage } from './password-stage.entity.js';

/** How many passwords are tried for one name. The right one makes it begin anew. */
const perName: Limit = { times: 10, seconds: 300 };

/** How many passwords are tried by one client, whomever they are for. */
const perClient: Limit = { times: 300, seconds: 300 };

/** Who a password is asked of. */
export interface Claimed {
  /** Undefined: nobody, and the visitor must not learn that. */
  readonly user: User | undefined;
  /** What the visitor said who they are. */
  readonly name: string;
}

/**
 * Checks passwords, each counted before it is looked at. Somebody whom there is not, who was switched off or who has no
 * password gets the same answers, after the same work and the same limits, as somebody who has typed a wrong one.
 */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly limits: RequestLimits,
    private readonly secrets: SecretBox,
    private readonly events: EventLog,
  ) {}

  /**
   * Whether the password is theirs. It is noted in the plan how they have proved it, or in the events that they have not.
   *
   * @param stage says where the password may be known
   */
  async passes(execution: Execution, stage: PasswordStage, claimed: Claimed, password: string): Promise<boolean> {
    const keys = this.keysOf(claimed);
    const wait = await this.wait(execution.visitor.clientIp, keys.name);
    if (wait > 0) {
      const minutes = Math.ceil(wait / 60);
      const text = `Too many attempts. Please try again after ${minutes} minute${minutes === 1 ? '' : 's'}.`;
      execution.message({ level: 'error', text });
      return false;
    }
    // Not told: a name and an address may be one user's, and what is refused must not say so.
    const isExhausted = (await this.limits.count(keys.user, perName)) > 0;
    const user = claimed.user?.isActive && !isExhausted ? claimed.user : undefined;
    const backend = await knownTo(execution.manager, stage.backends, user, password);
    if (user === undefined || backend === undefined) {
      await this.report(execution, stage, claimed);
      return false;
    }
    await this.limits.forget(Object.values(keys));
    await this.accept(execution, user, backend, password);
    return true;
  }

  private async wait(clientIp: string, name: string): Promise<number> {
    const ofClient = await this.limits.count(`password:client:${clientNetwork(clientIp)}`, perClient);
    // A client that is held back does not use up what is left to the name.
    return ofClient > 0 ? ofClient : this.limits.count(name, perName);
  }

  /** What is counted: by what was typed, and by whom it means. Neither key holds a name. */
  private keysOf({ user, name }: Claimed): { name: string; user: string } {
    const typed = this.secrets.identifier(`password:${name.trim().toLowerCase()}`);
    return { name: `password:name:${typed}`, user: `password:user:${user?.pk ?? typed}` };
  }

  private async accept(
    { manager, plan }: Execution,
    user: User,
    backend: PasswordBackend,
    password: string,
  ): Promise<void> {
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
