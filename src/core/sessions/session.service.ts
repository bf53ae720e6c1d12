import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { Housekeeping } from '../../database/housekeeping.js';
import { SealBrokenError, SecretBox } from '../../database/secret-box.js';
import type { IssuedSession } from './session-cookies.js';
import { generateSessionKey, hashSessionKey } from './session-key.js';
import { plainAddress } from './session-network.js';

/** Context for the seal of the state: its column. */
/** Place of the sealed state. */
export const statePlace = 'session.state';

/**
 * Session lifetime before the first response, in seconds. Expiry loses nothing yet, and a short lifetime bounds the rows
 * that a client can create by opening flows in bulk.
 */
const initialLifetime = 3600;

/** Longest part of a `User-Agent` that is stored: browsers send less than 300 characters. */
const maxUserAgent = 512;

/** Seconds that a replaced key is kept for concurrent requests. */
const replacedKeyTtl = 30;

/** A session as read from the database. */
export interface StoredSession {
  readonly keyHash: Buffer;
  readonly userId: number | null;
  /** Last saved state, any JSON value; undefined if none or sealed under another SECRET_KEY. */
  readonly state: unknown;
  /** Key of the answers that the state refers to (`RunAnswers`); null if there are none. */
  readonly answers: string | null;
  /** Whether a sign-in has replaced the key, so that the session grants nothing. */
  readonly isReplaced: boolean;
}

/** What a session holds for the flow run. */
export interface SessionContent {
  readonly state: object;
  /** Key of the answers that the state refers to; null if there are none. */
  readonly answers: string | null;
}

/** Who uses a session, as the request has it. */
export interface SessionClient {
  readonly ip: string;
  readonly userAgent: string;
}

/** Lifetime and network of a new session. */
export interface SessionTerms {
  /** The browser that gets the session. */
  readonly client?: SessionClient;
  /** Lifetime; 0: until the browser is closed. */
  readonly seconds: number;
  /** Network that the session is bound to (`boundNetwork`); null if unbound. */
  readonly network: string | null;
  /** Whether the visitor has proved in this run who they are, and does not only continue a session. */
  readonly isProved?: boolean;
}

interface SessionRow {
  readonly key_hash: Buffer;
  readonly user_id: number | null;
  readonly state: string;
  readonly answers: string | null;
  readonly replaced: boolean;
}

/** Reads and writes sessions. */
@Injectable()
export class Sessions {
  private readonly lifetime: number;
  private readonly freshSeconds: number;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
    housekeeping: Housekeeping,
  ) {
    this.lifetime = settings.sessionLifetime;
    this.freshSeconds = settings.sessionFresh;
    housekeeping.register('expired sessions', () => this.purge());
  }

  /** Returns the session with this key, unless it is expired or bound to another network. */
  find(key: string, clientIp: string): Promise<StoredSession | undefined> {
    return this.read(this.dataSource.manager, key, clientIp, '');
  }

  /** As `find`, with a row lock until the transaction of `manager` ends. */
  lock(manager: EntityManager, key: string, clientIp: string): Promise<StoredSession | undefined> {
    return this.read(manager, key, clientIp, 'for update');
  }

  /** Creates an anonymous session with a short lifetime. */
  async create(manager: EntityManager, content: SessionContent): Promise<IssuedSession> {
    const seconds = Math.min(initialLifetime, this.lifetime);
    const { key } = await this.insert(manager, null, { seconds, network: null }, content);
    // A browser-session cookie, because the database extends the lifetime with each step.
    return { key, seconds: undefined };
  }

  /** Saves the content. This extends the lifetime of an anonymous session. */
  async save(manager: EntityManager, { keyHash }: StoredSession, { state, answers }: SessionContent): Promise<void> {
    await manager.query(
      `update "session"
          set state = $2, answers = $4, last_used = now(),
              expires = case when user_id is null then now() + $3 * interval '1 second' else expires end
        where key_hash = $1`,
      [keyHash, this.seal(state), this.lifetime, answers],
    );
  }

  /**
   * Creates a session for a signed-in user and invalidates the previous key, which prevents session fixation.
   *
   * @param session the visitor's previous session, if any
   */
  async signIn(
    manager: EntityManager,
    session: StoredSession | undefined,
    user: { readonly pk: number },
    terms: SessionTerms,
    content: SessionContent,
  ): Promise<IssuedSession> {
    const since = terms.isProved === true ? null : await this.signedInSince(manager, session, user);
    if (session !== undefined) {
      await manager.query(
        `update "session"
            set user_id = null, state = '', answers = null, replaced = true, expires = now() + $2 * interval '1 second'
          where key_hash = $1`,
        [session.keyHash, replacedKeyTtl],
      );
    }
    return this.insert(manager, user.pk, terms, content, since);
  }

  /**
   * Whether a session is that of a user who has signed in lately: what asks for the password again can do without it.
   *
   * @param session key hash; undefined for a request without a session
   */
  async isFresh(manager: EntityManager, session: Buffer | undefined, user: number): Promise<boolean> {
    if (session === undefined) return false;
    const rows = await manager.query<unknown[]>(
      `select from "session" where key_hash = $1 and user_id = $2 and expires > now()
          and authenticated > now() - $3 * interval '1 second'`,
      [session, user, this.freshSeconds],
    );
    return rows.length > 0;
  }

  /**
   * Records the latest use of a session. Does nothing while another request has locked the session, which then records its own.
   */
  async touch(keyHash: Buffer, { ip, userAgent }: SessionClient): Promise<void> {
    await this.dataSource.query(
      `update "session" set last_used = now(), last_ip = $2, last_user_agent = $3
        where key_hash = (select key_hash from "session" where key_hash = $1 for update skip locked)`,
      [keyHash, plainAddress(ip) ?? '', storedUserAgent(userAgent)],
    );
  }

  /** Ends a session. */
  async end(key: string): Promise<void> {
    await this.dataSource.query('delete from "session" where key_hash = $1', [hashSessionKey(key)]);
  }

  /** Ends a session that the transaction of `manager` has locked. */
  async endLocked(manager: EntityManager, { keyHash }: StoredSession): Promise<void> {
    await manager.query('delete from "session" where key_hash = $1', [keyHash]);
  }

  /** Ends all sessions of a user, except the one with the given key hash. */
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
      `select key_hash, user_id, state, answers, replaced
         from "session"
        where key_hash = $1 and expires > now() and (network is null or $2::inet <<= network) ${lock}`,
      [hashSessionKey(key), plainAddress(clientIp)],
    );
    if (row === undefined) return undefined;
    const { key_hash: keyHash, user_id: userId, state, answers, replaced: isReplaced } = row;
    return { keyHash, userId, state: this.open(state), answers, isReplaced };
  }

  /** Returns when the user of a session has signed in to it; null if it is not theirs. */
  private async signedInSince(
    manager: EntityManager,
    session: StoredSession | undefined,
    { pk }: { readonly pk: number },
  ): Promise<Date | null> {
    if (session?.userId !== pk) return null;
    const [row] = await manager.query<{ authenticated: Date }[]>(
      'select authenticated from "session" where key_hash = $1 and user_id = $2',
      [session.keyHash, pk],
    );
    return row?.authenticated ?? null;
  }

  private async insert(
    manager: EntityManager,
    user: number | null,
    { seconds, network, client }: SessionTerms,
    { state, answers }: SessionContent,
    since: Date | null = null,
  ): Promise<IssuedSession> {
    const key = generateSessionKey();
    await manager.query(
      `insert into "session" (key_hash, user_id, state, answers, expires, network, last_ip, last_user_agent, authenticated)
       values ($1, $2, $3, $6, now() + $4 * interval '1 second', network($5::inet), $7, $8, coalesce($9, now()))`,
      [
        hashSessionKey(key),
        user,
        this.seal(state),
        seconds > 0 ? seconds : this.lifetime,
        network,
        answers,
        plainAddress(client?.ip ?? '') ?? '',
        storedUserAgent(client?.userAgent ?? ''),
        since,
      ],
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

/** Returns a `User-Agent` as it is stored: without the NUL that PostgreSQL refuses, and bounded. */
function storedUserAgent(userAgent: string): string {
  return userAgent.replaceAll('\0', '').slice(0, maxUserAgent);
}
