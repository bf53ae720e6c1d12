import { randomUUID } from 'node:crypto';

import { Injectable } from '@nestjs/common';
import { DataSource, type SelectQueryBuilder } from 'typeorm';

import { SecretBox } from '../../database/secret-box.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { Caller } from '../access/caller.js';
import { grant } from '../permissions/permission.service.js';
import type { UserDto } from '../users/dto/user.dto.js';
import { User } from '../users/user.entity.js';
import { UserService } from '../users/user.service.js';
import type { TokenListQuery } from './dto/token-list.query.js';
import type { PatchedTokenRequestDto, TokenDto, TokenRequestDto } from './dto/token.dto.js';
import { generateTokenKey, hashTokenKey, tokenKeyPlace } from './token-key.js';
import { expiryOf } from './token-lifetime.js';
import { Token } from './token.entity.js';
import { tokenAnswer, tokenColumns, type TokenRow } from './token.mapper.js';

/** The attribute of a user that says whether tokens they make for themselves expire. */
const expiringAttribute = 'goauthentik.io/user/token-expires';

/** Keeps the tokens. Callers who are not superusers deal with their own, and make them for themselves. */
@Injectable()
export class TokenService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UserService,
    private readonly secrets: SecretBox,
  ) {}

  async list(query: TokenListQuery, visible: VisibleRows): Promise<Page<TokenDto>> {
    const tokens = this.tokens(visible).innerJoin('token.user', 'account');
    const { pagination, results } = await readPage<TokenRow>(tokens, query);
    return { pagination, results: await this.answers(results) };
  }

  /** @throws AppError `notFound` */
  async get(identifier: string, visible: VisibleRows): Promise<TokenDto> {
    const token = this.tokens(visible).andWhere('token.identifier = :identifier', { identifier });
    const row = await select(token, tokenColumns).getRawOne<TokenRow>();
    const [answer] = row === undefined ? [] : await this.answers([row]);
    if (answer === undefined) throw new AppError('notFound');
    return answer;
  }

  /** Makes a token with a random key, which its maker may view. */
  async create(request: TokenRequestDto, caller: Caller): Promise<TokenDto> {
    const pk = randomUUID();
    const key = generateTokenKey();
    const given = request as Partial<TokenRequestDto>;
    const intent = given.intent ?? 'api';
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(Token, {
        pk,
        identifier: request.identifier,
        keyHash: hashTokenKey(key),
        sealedKey: this.secrets.seal(key, tokenKeyPlace),
        intent,
        userId: caller.isSuperuser ? (given.user ?? caller.pk) : caller.pk,
        description: given.description ?? '',
        managed: given.managed ?? null,
        expires: expiryOf(intent, given.expires, new Date()),
        expiring: caller.isSuperuser ? (given.expiring ?? true) : await this.isExpiringFor(caller),
      });
      await grant(manager, { userId: caller.pk }, 'authentik_core.view_token_key', pk);
    });
    return this.get(request.identifier, everyRow);
  }

  /** Changes what the request names; the rest, the key too, stays as it is, also for a PUT. */
  async update(token: Token, request: TokenRequestDto | PatchedTokenRequestDto, caller: Caller): Promise<TokenDto> {
    const { identifier, intent = token.intent, description, managed, expires, expiring } = request;
    const kept = intent === 'app_password' && expires === undefined && token.intent === intent;
    const changes = {
      intent,
      expires: kept ? token.expires : expiryOf(intent, expires, new Date()),
      ...(identifier !== undefined && { identifier }),
      ...(description !== undefined && { description }),
      ...(managed !== undefined && { managed }),
      ...(expiring !== undefined && caller.isSuperuser && { expiring }),
    };
    await this.dataSource.manager.update(Token, { pk: token.pk }, changes);
    return this.get(identifier ?? token.identifier, everyRow);
  }

  async remove({ pk }: Token): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.delete(Token, { pk });
      await manager.query('delete from "permission_grant" where object_pk = $1', [pk]);
    });
  }

  keyOf(token: Token): string {
    return this.secrets.open(token.sealedKey, tokenKeyPlace);
  }

  async setKey({ pk }: Token, key: string): Promise<void> {
    const columns = { keyHash: hashTokenKey(key), sealedKey: this.secrets.seal(key, tokenKeyPlace) };
    await this.dataSource.manager.update(Token, { pk }, columns);
  }

  private tokens(visible: VisibleRows): SelectQueryBuilder<Token> {
    return restrict(this.dataSource.manager.createQueryBuilder(Token, 'token'), visible, 'userId');
  }

  private async isExpiringFor(caller: Caller): Promise<boolean> {
    const user = await this.dataSource.manager.findOneBy(User, { pk: caller.pk });
    return user?.attributes[expiringAttribute] !== false;
  }

  private async answers(rows: readonly TokenRow[]): Promise<TokenDto[]> {
    const users = await this.users.getMany([...new Set(rows.map(({ user }) => user))]);
    return rows.filter(({ user }) => users.has(user)).map((row) => tokenAnswer(row, users.get(row.user) as UserDto));
  }
}
