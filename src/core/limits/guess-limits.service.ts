import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { SETTINGS, type Settings } from '../../config/settings.js';
import { SecretBox } from '../../database/secret-box.js';
import { type BackOff, codeBackOff, passwordBackOff } from './back-off.js';
import { clientNetwork } from './client-network.js';

const backOffs = { password: passwordBackOff, code: codeBackOff } as const;

/** An attempt to prove something by a password or a code. */
export interface Guess {
  readonly what: keyof typeof backOffs;
  /** Undefined if the network of the client is not known. */
  readonly clientIp: string | undefined;
  /** Names a browser that has signed in to the account before (`KnownBrowsers`). */
  readonly browser: string | undefined;
  /** What the visitor typed as their name. */
  readonly typed: string;
  /** The account that the name belongs to; for unknown names what was typed. */
  readonly account: string;
  /** Counts start again at zero when it changes, as with a new password. */
  readonly version?: string;
}

/**
 * The decision of a limit. `allowed`: the attempt may proceed. `limited`: refused, and the visitor is shown the wait in
 * seconds. `suppressed`: refused, but answered like a wrong guess, because an open refusal would reveal that what the
 * visitor typed belongs to the same account.
 */
export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'suppressed' }
  | { readonly kind: 'limited'; readonly wait: number; readonly isOfAccount?: true };

/**
 * Limits guesses of passwords and codes, for all processes together. Every guess is counted before verification, in a
 * statement of its own; a refused one is not counted. Unknown names are counted like known ones. Keys hold no name.
 *
 * A browser that has signed in to the account before has a count of its own (OWASP, "Slow Down Online Guessing Attacks
 * with Device Cookies"): neither strangers nor neighbours behind the same address can lock it out.
 */
@Injectable()
export class GuessLimits {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly dataSource: DataSource,
    private readonly secrets: SecretBox,
  ) {}

  /** Counts a guess and decides whether it may be checked. Call `succeeded` if it was right. */
  async count(guess: Guess): Promise<Verdict> {
    const backOff = backOffs[guess.what];
    const keys = this.keysOf(guess);
    if (keys.browser !== undefined) return toVerdict(await this.delay(keys.browser, backOff));
    const ofClient = keys.client === undefined ? 0 : await this.fill(keys.client);
    // A client that is held back does not use up the attempts left to the name.
    if (ofClient > 0) return toVerdict(ofClient);
    const ofName = await this.delay(keys.typed, backOff);
    if (ofName > 0) {
      if (keys.client !== undefined) await this.drain(keys.client);
      return { kind: 'limited', wait: ofName, isOfAccount: true };
    }
    return { kind: (await this.delay(keys.account, backOff)) > 0 ? 'suppressed' : 'allowed' };
  }

  /** Forgets the failures of those who made the guess; a known browser does not reset the count of strangers. */
  async succeeded(guess: Guess): Promise<void> {
    const { browser, client, typed, account } = this.keysOf(guess);
    const keys = browser === undefined ? [typed, account] : [browser];
    await this.dataSource.query('delete from "request_limit" where key = any($1)', [keys]);
    if (browser === undefined && client !== undefined) await this.drain(client);
  }

  private keysOf({ what, clientIp, browser, typed, account, version = '' }: Guess): {
    browser: string | undefined;
    client: string | undefined;
    typed: string;
    account: string;
  } {
    const hidden = (name: string): string =>
      this.secrets.identifier(`${what}:${name.trim().normalize('NFKC').toLowerCase()}:${version}`);
    return {
      browser: browser === undefined ? undefined : `${what}:browser:${browser}`,
      client: clientIp === undefined ? undefined : `${what}:client:${clientNetwork(clientIp)}`,
      typed: `${what}:name:${hidden(typed)}`,
      account: `${what}:account:${hidden(account)}`,
    };
  }

  /**
   * Counts an attempt unless it comes too early.
   *
   * @returns seconds to wait; 0: it was counted and is allowed
   */
  private async delay(key: string, { free, first, most, attempts, memory }: BackOff): Promise<number> {
    const [row] = await this.dataSource.query<[{ allowed: boolean; wait: number | null }]>(
      `with counted as (
         insert into "request_limit" as l (key, count, not_before, ends)
         values ($1, 1, case when $2 <= 1 then now() + $3 * interval '1 second' end, now() + $6 * interval '1 second')
             on conflict (key) do update
            set (count, not_before, ends) = (
                  select n,
                         case when n >= $2 then now() + least($4, $3 * power(2, n - $2)) * interval '1 second' end,
                         now() + least($7, $6 * n) * interval '1 second'
                    from (select case when l.ends <= now() then 1 else l.count + 1 end as n) next
                )
          where l.ends <= now() or (l.count < $5 and coalesce(l.not_before <= now(), true))
         returning 1
       )
       select exists (select from counted) as allowed,
              (select ceil(extract(epoch from case when count < $5 then not_before else ends end - now()))::int
                 from "request_limit" where key = $1) as wait`,
      [key, free, first, most, attempts, memory.perFailure, memory.most],
    );
    // A row that another request has just written is not visible yet.
    return row.allowed ? 0 : Math.max(1, row.wait ?? 1);
  }

  /**
   * Leaky bucket of a client network (the generic cell rate algorithm, ITU-T I.371): `ends` is when it is empty.
   *
   * @returns seconds to wait; 0: it was counted and is allowed
   */
  private async fill(key: string): Promise<number> {
    const { guessClientLimit: limit, guessClientWindow: window } = this.settings;
    const [row] = await this.dataSource.query<[{ allowed: boolean; wait: number | null }]>(
      `with counted as (
         insert into "request_limit" as l (key, count, ends) values ($1, 1, now() + $2 * interval '1 second')
             on conflict (key) do update
            set count = case when l.ends <= now() then 1 else l.count + 1 end,
                ends = greatest(l.ends, now()) + $2 * interval '1 second'
          where greatest(l.ends, now()) + $2 * interval '1 second' <= now() + $3 * interval '1 second'
         returning 1
       )
       select exists (select from counted) as allowed,
              (select ceil(extract(epoch from ends - now()) + $2 - $3)::int from "request_limit" where key = $1) as wait`,
      [key, window / limit, window],
    );
    return row.allowed ? 0 : Math.max(1, row.wait ?? 1);
  }

  /** Reverts `fill`: the guess was not wrong. */
  private async drain(key: string): Promise<void> {
    const { guessClientLimit: limit, guessClientWindow: window } = this.settings;
    await this.dataSource.query(`update "request_limit" set ends = ends - $2 * interval '1 second' where key = $1`, [
      key,
      window / limit,
    ]);
  }
}

/** @param wait seconds; 0: allowed */
export function toVerdict(wait: number): Verdict {
  return wait > 0 ? { kind: 'limited', wait } : { kind: 'allowed' };
}

/** Whether guesses at the account are limited, and not just those of a client network or of a known browser. */
export function isLocked(verdict: Verdict): boolean {
  return verdict.kind === 'suppressed' || (verdict.kind === 'limited' && verdict.isOfAccount === true);
}
