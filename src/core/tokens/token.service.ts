import { randomUUID } from 'node:crypto';

import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { DatabaseClock } from '../../database/database-clock.js';
import { SecretBox } from '../../database/secret-box.js';
import { EventLog } from '../../events/event-log.js';
import { everyRow, type VisibleRows } from '../../rest/access/route-access.js';
import { restrict } from '../../rest/access/visible.js';
import { AppError } from '../../rest/errors/app-error.js';
import { columnsOf } from '../../rest/fields/columns-of.js';
import type { Page } from '../../rest/list/page.js';
import { readPage, select } from '../../rest/list/read-page.js';
import type { Caller } from '../access/caller.js';
import { generateTokenKey, hashTokenKey, tokenKeyPlace } from '../access/token-key.js';
import { Authority } from '../authority/authority.service.js';
import { requireRoom } from '../limits/require-room.js';
import { grant } from '../permissions/permission.service.js';
import { AccountChanges } from '../users/account-changes.js';
import type { UserDto } from '../users/dto/user.dto.js';
import { tokenExpiringAttribute } from '../users/user-attributes.js';
import { User } from '../users/user.entity.js';
import { UserService } from '../users/user.service.js';
import type { TokenListQuery } from './dto/token-list.query.js';
import type { PatchedTokenRequestDto, TokenDto, TokenRequestDto } from './dto/token.dto.js';
import { type Lifetime, lifetimeOf } from './token-lifetime.js';
import { Token } from './token.entity.js';
import { tokenResponse, tokenColumns, type TokenRow } from './token.mapper.js';

/** Reads and writes tokens. Callers other than superusers have access to their own tokens only. */
@Injectable()
export class TokenService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UserService,
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
    private readonly events: EventLog,
    private readonly changes: AccountChanges,
    private readonly authority: Authority,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async list(query: TokenListQuery, visible: VisibleRows): Promise<Page<TokenDto>> {
    const tokens = this.tokens(visible).innerJoin('token.user', 'account');
    const { pagination, results } = await readPage<TokenRow>(tokens, query);
    return { pagination, results: await this.responses(results) };
  }

  /** @throws AppError `notFound` */
  async get(identifier: string, visible: VisibleRows): Promise<TokenDto> {
    const token = this.tokens(visible).andWhere('token.identifier = :identifier', { identifier });
    const row = await select(token, tokenColumns).getRawOne<TokenRow>();
    const [response] = row === undefined ? [] : await this.responses([row]);
    if (response === undefined) throw new AppError('notFound');
    return response;
  }

  /**
   * Creates a token with a random key, which its creator may view. Deletes the user's expired tokens.
   *
   * @throws ValidationError if the user has as many tokens as the settings allow
   */
  async create(request: TokenRequestDto, caller: Caller): Promise<TokenDto> {
    // The request may omit these fields, despite their type.
    const {
      identifier,
      user = caller.pk,
      description = '',
      managed = null,
      ...asked
    } = request as Partial<TokenRequestDto> & { identifier: string };
    const pk = randomUUID();
    const lifetime = lifetimeOf(await this.forCaller(asked, caller, true), undefined, this.clock.date());
    const userId = caller.isSuperuser ? user : caller.pk;
    await this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, caller, userId);
      await requireAccess(manager, caller, userId);
      await this.insert(manager, { pk, identifier, userId, description, managed, ...lifetime });
      await grant(manager, { userId: caller.pk }, 'authentik_core.view_token_key', pk);
    });
    return this.get(identifier, everyRow);
  }

  /**
   * Creates an API token for the operator of this machine.
   *
   * @returns its key; undefined if there is no active user of this name
   * @throws ValidationError if the user has as many tokens as the settings allow
   */
  async createForUser(username: string, description: string, expiring: boolean): Promise<string | undefined> {
    const pk = randomUUID();
    const lifetime = lifetimeOf({ intent: 'api', expiring }, undefined, this.clock.date());
    return this.dataSource.transaction(async (manager) => {
      // Serializes with changes of the account that revoke its tokens.
      const [user] = await manager.query<{ id: number }[]>(
        'select id from "user" where username = $1 and is_active for no key update',
        [username],
      );
      if (user === undefined) return undefined;
      const token = { pk, identifier: `command-line-${pk}`, userId: user.id, description, managed: null, ...lifetime };
      return this.insert(manager, token);
    });
  }

  /**
   * Changes the fields in the request and, also for a PUT, no others. The reference instead resets a missing `intent` to
   * `api` and a missing `user` to the caller.
   */
  async update(token: Token, request: TokenRequestDto | PatchedTokenRequestDto, caller: Caller): Promise<TokenDto> {
    const { user: _, intent, expires, expiring, ...others } = request;
    const asked = columnsOf<Lifetime>({ intent, expires, expiring });
    const lifetime = lifetimeOf(
      await this.forCaller(asked, caller, asked.expiring !== undefined),
      token,
      this.clock.date(),
    );
    await this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, caller, token.userId);
      await manager.update(Token, { pk: token.pk }, { ...columnsOf<Omit<Token, 'user'>>(others), ...lifetime });
    });
    return this.get(others.identifier ?? token.identifier, everyRow);
  }

  async remove({ pk, userId }: Token, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, caller, userId);
      await manager.delete(Token, { pk });
    });
  }

  /** Returns the key of a token and logs the access. */
  async viewKey(token: Token, by: Caller, clientIp: string): Promise<string> {
    const key = this.secrets.open(token.sealedKey, tokenKeyPlace);
    await this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, by, token.userId);
      await this.record(manager, 'secret_view', token, by, clientIp);
    });
    return key;
  }

  /** Replaces the key of a token; the old key becomes invalid. */
  async setKey(token: Token, key: string, by: Caller, clientIp: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.authority.requireSignInChange(manager, by, token.userId);
      await manager.update(Token, { pk: token.pk }, this.keyColumns(key));
      await this.record(manager, 'secret_rotate', token, by, clientIp);
    });
  }

  /** Stores a token with a random key, and notifies its owner. @returns the key */
  private async insert(manager: EntityManager, token: Omit<Token, 'keyHash' | 'sealedKey' | 'user'>): Promise<string> {
    const { userId: user, identifier } = token;
    await this.requireRoom(manager, user);
    const key = generateTokenKey();
    await manager.insert(Token, { ...token, ...this.keyColumns(key) });
    await this.changes.announce(manager, { kind: 'token', user, identifier, locales: [] });
    return key;
  }

  private tokens(visible: VisibleRows): SelectQueryBuilder<Token> {
    return restrict(this.dataSource.manager.createQueryBuilder(Token, 'token'), visible, 'userId');
  }

  private async requireRoom(manager: EntityManager, userId: number): Promise<void> {
    await manager.query('delete from "token" where user_id = $1 and expiring and expires < now()', [userId]);
    const limit = this.settings.tokensPerUser;
    await requireRoom(manager, userId, { entity: Token, owned: { userId }, noun: 'tokens', limit });
  }

  private keyColumns(key: string): Pick<Token, 'keyHash' | 'sealedKey'> {
    return { keyHash: hashTokenKey(key), sealedKey: this.secrets.seal(key, tokenKeyPlace) };
  }

  /** Returns the fields that the caller may set. An attribute decides whether tokens expire, except for superusers. */
  private async forCaller(asked: Partial<Lifetime>, caller: Caller, decides: boolean): Promise<Partial<Lifetime>> {
    if (caller.isSuperuser || !decides) return asked;
    const user = await this.dataSource.manager.findOneBy(User, { pk: caller.pk });
    return { ...asked, expiring: user?.attributes[tokenExpiringAttribute] !== false };
  }

  private record(
    manager: EntityManager,
    action: 'secret_view' | 'secret_rotate',
    { pk, identifier }: Token,
    by: Caller,
    clientIp: string,
  ): Promise<void> {
    const secret = { app: 'authentik_core', model_name: 'token', pk, name: identifier };
    return this.events.write(manager, {
      action,
      app: 'authentik.core',
      context: { secret },
      user: by.identity,
      clientIp,
    });
  }

  private async responses(rows: readonly TokenRow[]): Promise<TokenDto[]> {
    const users = await this.users.getMany([...new Set(rows.map(({ user }) => user))]);
    return rows.filter(({ user }) => users.has(user)).map((row) => tokenResponse(row, users.get(row.user) as UserDto));
  }
}

/**
 * Serializes the transaction with password changes of the caller, so that a token revoked by a new password cannot create
 * a successor. Locks the owner of the new token too, in the order of `Authority`.
 *
 * @throws AppError `invalidToken` if the credentials of the caller were revoked meanwhile
 */
async function requireAccess(manager: EntityManager, { pk, token, session }: Caller, owner: number): Promise<void> {
  await manager.query('select from "user" where id = any($1) order by id for no key update', [[pk, owner]]);
  const [row] = await manager.query<[{ valid: boolean }]>(
    `select exists (select from "token" where token_uuid = $1)
         or exists (select from "session" where key_hash = $2 and user_id = $3) as valid`,
    [token ?? null, session ?? null, pk],
  );
  if (!row.valid) throw new AppError('invalidToken');
}
