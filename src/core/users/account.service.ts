import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SecretBox } from '../../database/secret-box.js';
import { AppError } from '../../rest/errors/app-error.js';
import { ValidationError } from '../../rest/errors/validation-error.js';
import type { Caller } from '../access/caller.js';
import { Group } from '../groups/group.entity.js';
import { type Membership, membershipsOf } from '../groups/membership.js';
import { generateTokenKey, hashTokenKey, tokenKeyPlace } from '../tokens/token-key.js';
import { Token } from '../tokens/token.entity.js';
import { avatarOf } from './avatar.js';
import type { UserSelfDto, UserServiceAccountRequestDto, UserServiceAccountResponseDto } from './dto/user-self.dto.js';
import { User } from './user.entity.js';
import { userUid } from './user.mapper.js';

/** Days that the password of a service account is valid if nothing else is said. */
const serviceAccountDays = 360;

/** What an account may know of itself, and accounts for programs. */
@Injectable()
export class AccountService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
  ) {}

  /** The caller (management API, section 9.2). */
  async self(caller: Caller): Promise<UserSelfDto> {
    const user = await this.dataSource.manager.findOneBy(User, { pk: caller.pk });
    if (user === null) throw new AppError('invalidToken');
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
      settings: settingsOf(user, groups),
      type: user.type,
      system_permissions: caller.systemPermissions(),
    };
  }

  /** Makes an account for a program, with a password, and a group of its own if asked for. */
  async createServiceAccount(request: UserServiceAccountRequestDto): Promise<UserServiceAccountResponseDto> {
    const { name, create_group = false, expiring = true } = request;
    const expires = request.expires ?? new Date(Date.now() + serviceAccountDays * 86_400_000);
    const key = generateTokenKey();
    return this.dataSource.transaction(async (manager) => {
      await requireFreeName(manager, name, create_group);
      const user = await manager.save(User, {
        uuid: randomUUID(),
        username: name,
        name,
        type: 'service_account',
        path: 'goauthentik.io/service-accounts',
        attributes: { 'goauthentik.io/user/token-expires': expiring },
      });
      await manager.insert(Token, {
        pk: randomUUID(),
        identifier: `service-account-${name}-password`.toLowerCase().replace(/[^-a-z0-9_]/g, '-'),
        keyHash: hashTokenKey(key),
        sealedKey: this.secrets.seal(key, tokenKeyPlace),
        intent: 'app_password',
        userId: user.pk,
        expires: expiring ? expires : null,
        expiring,
      });
      const answer = { username: name, user_uid: userUid(user.pk, this.secrets), user_pk: user.pk, token: key };
      if (!create_group) return answer;
      const group = await manager.save(Group, { pk: randomUUID(), name });
      await manager.createQueryBuilder().relation(Group, 'users').of(group).add(user);
      return { ...answer, group_pk: group.pk };
    });
  }
}

async function requireFreeName(manager: EntityManager, name: string, alsoGroup: boolean): Promise<void> {
  const isTaken =
    (await manager.existsBy(User, { username: name })) || (alsoGroup && (await manager.existsBy(Group, { name })));
  if (isTaken) throw new ValidationError({ name: ['Unable to create user: this name is taken.'] });
}

/** The settings of the user over those of the groups; of two groups the later name wins. */
function settingsOf(user: User, groups: readonly Membership[]): Record<string, unknown> {
  const all = [...groups.map(({ attributes }) => attributes), user.attributes].map(({ settings }) => settings);
  return Object.assign({}, ...all.filter((settings) => typeof settings === 'object')) as Record<string, unknown>;
}
