import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import type { IssuedSession } from './session-cookies.js';
import { generateSessionKey, hashSessionKey } from './session-key.js';
import { plainAddress } from './session-network.js';

/** Names the column that a state is sealed for. */
const statePlace = 'session.state';

/**
 * Seconds that a visitor has who has only come. There is nothing to lose yet: who answers later begins anew. So somebody
 * who opens flows by the hundred thousand does not fill the database for a day.
 */
const firstStep = 3600;

/** Seconds for which a request that was on its way is told that its session has another key now. */
const replacedFor = 30;

/** A session as a request finds it. */
export interface StoredSession {
  readonly keyHash: Buffer;
  readonly userId: number | null;
  /** What was saved last: any JSON value; undefined for none, and for what was sealed under another SECRET_KEY. */
  readonly state: unknown;
  /** Somebody signed in, so that another key has taken its place: it is good for nothing. */
  readonly isReplaced: boolean;
}

/** What a session is begun with. */
export interface SessionTerms {
  /** How long it lasts; 0: until the browser is closed. */
  readonly seconds: number;
  /** Where it can be used from (`boundNetwork`); null: anywhere. */
  readonly network: string | null;
}

interface SessionRow {
  readonly key_hash: Buffer;
  readonly user_id: number | null;
  readonly state: string;
  readonly replaced: boolean;
}

/** Keeps the sessions of visitors. */
@Injectable()
export class Sessions {
  private readonly lifetime: number;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    housekeeping: Housekeeping,
  ) {
    this.lifetime = settings.sessionLifetime;
    housekeeping.register('expired sessions', () => this.purge());
  }

  /** The session with this key, if it is not over and can be used from here. */
  find(key: string, clientIp: string): Promise<StoredSession | undefined> {
    return this.read(this.dataSource.manager, key, clientIp, '');
  }

  /** As `find`. Until the transaction of `manager` ends, no other request deals with this session. */
  lock(manager: EntityManager, key: string, clientIp: string): Promise<StoredSession | undefined> {
    return this.read(manager, key, clientIp, 'for update');
  }

  /** Begins the session of a visitor who is not signed in. It ends soon if they do not come back. */
  async create(manager: EntityManager, state: object): Promise<IssuedSession> {
    const seconds = Math.min(firstStep, this.lifetime);
    const { key } = await this.insert(manager, null, { seconds, network: null }, state);
    // What the browser keeps it for is for the database to say, which has it last longer with each step.
    return { key, seconds: undefined };
  }

  /** A session of a visitor who is not signed in lasts longer with each time that it is saved. */
  async save(manager: EntityManager, { keyHash }: StoredSession, state: object): Promise<void> {
    await manager.query(
      `update "session"
          set state = $2, expires = case when user_id is null then now() + $3 * interval '1 second' else expires end
        where key_hash = $1`,
      [keyHash, this.seal(state), this.lifetime],
    );
  }

  /**
   * Signs a user in. The visitor gets another key, and the old one is worth nothing from now on: somebody who planted
   * it or saw it does not get into the account.
   *
   * @param session what the visitor had, if anything
   */
  async signIn(
    manager: EntityManager,
    session: StoredSession | undefined,
    user: { readonly pk: number },
    terms: SessionTerms,
    state: object,
  ): Promise<IssuedSession> {
    if (session !== undefined) {
      await manager.query(
        `update "session"
            set user_id = null, state = '', replaced = true, expires = now() + $2 * interval '1 second'
          where key_hash = $1`,
        [session.keyHash, replacedFor],
      );
    }
    return this.insert(manager, user.pk, terms, state);
  }

  /** Ends a session. */
  async end(key: string): Promise<void> {
    await this.dataSource.query('delete from "session" where key_hash = $1', [hashSessionKey(key)]);
  }

  /** Ends a session that the transaction of `manager` has locked. */
  async endLocked(manager: EntityManager, { keyHash }: StoredSession): Promise<void> {
    await manager.query('delete from "session" where key_hash = $1', [keyHash]);
  }

  /** Ends every session of a user, but for the one with this hash if it is given. */
  async endAll(manager: EntityManager, user: { readonly pk: number }, except: Buffer = Buffer.alloc(0)): Promise<void> {
    await manager.query('delete from "session" where user_id = $1 and key_hash <> $2', [user.pk, except]);
  }

  private async read(
    manager: EntityManager,
    key: string,
    clientIp: string,
    lock: '' | 'for update',
  ): Promise<StoredSession | undefined> {
    const [row] = await manager.query<SessionRow[]>(
      `select key_hash, user_id, state, replaced
         from "session"
        where key_hash = $1 and expires > now() and (network is null or $2::inet <<= network) ${lock}`,
      [hashSessionKey(key), plainAddress(clientIp)],
    );
    if (row === undefined) return undefined;
    return { keyHash: row.key_hash, userId: row.user_id, state: this.open(row.state), isReplaced: row.replaced };
  }

  private async insert(
    manager: EntityManager,
    user: number | null,
    { seconds, network }: SessionTerms,
    state: object,
  ): Promise<IssuedSession> {
    const key = generateSessionKey();
    await manager.query(
      `insert into "session" (key_hash, user_id, state, expires, network)
       values ($1, $2, $3, now() + $4 * interval '1 second', network($5::inet))`,
      [hashSessionKey(key), user, this.seal(state), seconds > 0 ? seconds : this.lifetime, network],
    );
    return { key, seconds: seconds > 0 ? seconds : undefined };
  }

  private seal(state: object): string {
    return this.secrets.seal(JSON.stringify(state), statePlace);
  }

  private open(state: string): unknown {
    if (state === '') return undefined;
    try {
      return JSON.parse(this.secrets.open(state, statePlace)) as unknown;
    } catch (error) {
      if (error instanceof SealBrokenError) return undefined;
      throw error;
    }
  }

  private async purge(): Promise<number> {
    const deleted = await this.dataSource.query<[unknown[], number]>(
      `delete from "session" where key_hash in (select key_hash from "session" where expires < now() limit 500)`,
    );
    return deleted[1];
  }
}
