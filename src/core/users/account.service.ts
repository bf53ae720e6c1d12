import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { DatabaseClock } from '../../database/database-clock.js';
import { SecretBox } from '../../database/secret-box.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import type { Caller } from '../access/caller.js';
import { generateTokenKey, hashTokenKey, tokenKeyPlace } from '../access/token-key.js';
import { membershipsOf } from '../authority/membership.js';
import { Group } from '../groups/group.entity.js';
import { Token } from '../tokens/token.entity.js';
import { avatarOf } from './avatar.js';
import type { UserSelfDto, UserServiceAccountRequestDto, UserServiceAccountResponseDto } from './dto/user-self.dto.js';
import { claimNames, NamesRefused } from './names/account-names.js';
import { namesError } from './names/name-rules.js';
import { settingsOf } from './settings-of.js';
import { tokenExpiringAttribute } from './user-attributes.js';
import { User } from './user.entity.js';
import { userColumns, userUid } from './user.mapper.js';

/** Default lifetime of the password of a service account, in days. */
const serviceAccountDays = 360;

/** Reads the own account and creates service accounts. */
@Injectable()
export class AccountService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Returns the caller (management API, section 9.2). Settings of the user override those of their groups, in order of name.
   *
   * @throws AppError `invalidToken` if the account has just been deleted
   */
  async self(caller: Caller): Promise<UserSelfDto> {
    const { entities, raw } = await this.dataSource.manager
      .createQueryBuilder(User, 'account')
      .addSelect(userColumns.email_verified, 'email_verified')
      .where('account.pk = :pk', { pk: caller.pk })
      .getRawAndEntities<{ email_verified: boolean }>();
    const [user] = entities;
    if (user === undefined) throw new AppError('invalidToken');
    const groups = await membershipsOf(this.dataSource.manager, user.pk);
    return {
      pk: user.pk,
      username: user.username,
      name: user.name,
      is_active: user.isActive,
      is_superuser: caller.isSuperuser,
      groups: groups.map(({ name, pk }) => ({ name, pk })),
      email: user.email,
      avatar: avatarOf(user.name === '' ? user.username : user.name),
      uid: userUid(user.pk, this.secrets),
      settings: settingsOf([...groups.map(({ attributes }) => attributes), user.attributes]),
      type: user.type,
      system_permissions: caller.systemPermissions(),
      email_verified: raw[0]?.email_verified ?? false,
    };
  }

  /**
   * Creates a service account with an app password, which is returned only once. Also creates a group on request, if the
   * caller may add groups.
   *
   * @throws ValidationError if the name is taken
   */
  async createServiceAccount(
    request: UserServiceAccountRequestDto,
    caller: Caller,
  ): Promise<UserServiceAccountResponseDto> {
    // The request may omit these fields, despite their type.
    const {
      name,
      create_group = false,
      expiring = true,
      expires = new Date(this.clock.now() + serviceAccountDays * 86_400_000),
    } = request as Partial<UserServiceAccountRequestDto> & { name: string };
    const withGroup = create_group && caller.mayEverywhere('authentik_core.add_group');
    const identifier = `service-account-${name}-password`.toLowerCase().replace(/[^-a-z0-9_]+/g, '-');
    const key = generateTokenKey();
    return this.dataSource.transaction(async (manager) => {
      await requireFreeNames(manager, name, identifier, withGroup);
      const names = await claimedNames(manager, name);
      const user = await manager.save(User, {
        ...names,
        uuid: randomUUID(),
        name,
        type: 'service_account',
        path: 'goauthentik.io/service-accounts',
        attributes: { [tokenExpiringAttribute]: expiring },
      });
      await manager.insert(Token, {
        pk: randomUUID(),
        identifier,
        keyHash: hashTokenKey(key),
        sealedKey: this.secrets.seal(key, tokenKeyPlace),
        intent: 'app_password',
        userId: user.pk,
        expires,
        expiring,
      });
      const group = withGroup ? await this.createGroup(manager, name, user) : undefined;
      return {
        username: user.username,
        user_uid: userUid(user.pk, this.secrets),
        user_pk: user.pk,
        token: key,
        ...(group !== undefined && { group_pk: group }),
      };
    });
  }

  private async createGroup(manager: EntityManager, name: string, user: User): Promise<string> {
    const group = await manager.save(Group, { pk: randomUUID(), name });
    await manager.createQueryBuilder().relation(Group, 'users').of(group).add(user);
    return group.pk;
  }
}

async function claimedNames(manager: EntityManager, username: string): Promise<Partial<User>> {
  try {
    return await claimNames(manager, { username });
  } catch (error) {
    throw error instanceof NamesRefused ? namesError(error, 'name') : error;
  }
}

async function requireFreeNames(
  manager: EntityManager,
  name: string,
  identifier: string,
  withGroup: boolean,
): Promise<void> {
  const isTaken =
    (await manager.existsBy(User, { username: name })) ||
    (await manager.existsBy(Token, { identifier })) ||
    (withGroup && (await manager.existsBy(Group, { name })));
  if (isTaken) throw new ValidationError({ name: ['A user, token or group with this name already exists.'] });
}
