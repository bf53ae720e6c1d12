import { randomUUID } from 'node:crypto';

import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SettingsError } from '../../config/read-settings.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { SecretBox } from '../../database/secret-box.js';
import { englishOf } from '../../rest/messages/english.js';
import { generateTokenKey, hashTokenKey, tokenKeyPlace } from '../access/token-key.js';
import { Group } from '../groups/group.entity.js';
import { hashPassword } from '../passwords/password-hash.js';
import { PasswordRules } from '../passwords/password-rules.service.js';
import { passwordStrength } from '../passwords/password-strength.js';
import { bootstrapToken } from '../tokens/bootstrap-token.js';
import { Token } from '../tokens/token.entity.js';
import { claimNames, NamesRefused } from '../users/names/account-names.js';
import { NameTwins } from '../users/names/name-twins.service.js';
import { skeletonOf } from '../users/names/skeleton.js';
import { User } from '../users/user.entity.js';
import { administrator, administratorName, administrators } from './bootstrap-names.js';

/** Any number; the same in every process. */
const lock = 731_001;

/** Makes what an empty installation needs: an administrator, and a token for the API. */
@Injectable()
export class BootstrapService {
  private readonly logger = new Logger('Bootstrap');

  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly twins: NameTwins,
    private readonly passwords: PasswordRules,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Does what is left to do, in one transaction; several processes may start at once.
   *
   * @returns the administrator's API key if the service made it, to be shown this once. A key from the environment is
   *   never returned: its operator has it, and console output ends up in log archives (ASVS 5.0, 16.2.5).
   * @throws SettingsError if the administrator is to be created with a password that breaks a rule
   */
  async run(): Promise<string | undefined> {
    await this.twins.run();
    return this.dataSource.transaction(async (manager) => {
      await manager.query('set local statement_timeout = 0');
      await manager.query('select pg_advisory_xact_lock($1)', [lock]);
      const existing = await manager.findOneBy(User, { username: administrator });
      const user = existing ?? (await this.createAdministrator(manager));
      const given = this.settings.bootstrapToken;
      const made = given === undefined && existing === null ? generateTokenKey() : undefined;
      const key = given ?? made;
      if (key !== undefined) await this.setToken(manager, user, key);
      return made;
    });
  }

  private async initialPasswordHash(): Promise<string> {
    const { bootstrapPassword: password, bootstrapEmail: email } = this.settings;
    if (password === undefined) return '';
    const personal = [administrator, administratorName, email];
    const problems = this.passwords.problems(password, personal);
    if (problems.length === 0) problems.push(...(await this.passwords.weakness(password, personal, passwordStrength)));
    if (problems.length > 0) {
      throw new SettingsError(`BOOTSTRAP_PASSWORD cannot be used: ${problems.map(englishOf).join(' ')}`);
    }
    return hashPassword(password);
  }

  private async createAdministrator(manager: EntityManager): Promise<User> {
    const names = { username: administrator, email: this.settings.bootstrapEmail };
    await this.claim(manager, names);
    const user = await manager.save(User, {
      ...names,
      uuid: randomUUID(),
      usernameSkeleton: skeletonOf(administrator),
      name: administratorName,
      passwordHash: await this.initialPasswordHash(),
    });
    const known = await manager.findOneBy(Group, { name: administrators });
    const group = known ?? (await manager.save(Group, { pk: randomUUID(), name: administrators, isSuperuser: true }));
    await manager.createQueryBuilder().relation(Group, 'users').of(group).add(user);
    return user;
  }

  /** Nobody keeps the service from starting with a name that looks like the administrator's: it is only logged. */
  private async claim(manager: EntityManager, names: Pick<User, 'username' | 'email'>): Promise<void> {
    try {
      await claimNames(manager, names);
    } catch (error) {
      if (!(error instanceof NamesRefused)) throw error;
      this.logger.warn(`Another user has a name of the new administrator ${administrator} (${error.message}).`);
    }
  }

  private async setToken(manager: EntityManager, user: User, key: string): Promise<void> {
    const token = await manager.findOneBy(Token, { identifier: bootstrapToken });
    const keyHash = hashTokenKey(key);
    if (token?.keyHash.equals(keyHash)) return;
    await manager.save(Token, {
      pk: token?.pk ?? randomUUID(),
      identifier: bootstrapToken,
      keyHash,
      sealedKey: this.secrets.seal(key, tokenKeyPlace),
      intent: 'api',
      userId: user.pk,
      description: 'Made at the first start',
      expiring: false,
    });
  }
}
