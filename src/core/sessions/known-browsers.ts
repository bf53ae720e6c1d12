import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { DatabaseClock } from '../../database/database-clock.js';
import { SecretBox } from '../../database/secret-box.js';
import type { User } from '../users/user.entity.js';

/** Lifetime of the known-browser cookie after a sign-in, in seconds. */
export const knownBrowserTtl = 365 * 86_400;

/** Maximum number of accounts per browser; the oldest sign-in is dropped. */
const maxAccounts = 5;

/** One account in the cookie: `<user>.<expires>.<browser>.<mac>`; several are joined by `~`. */
interface Entry {
  readonly user: number;
  /** Seconds since 1970. */
  readonly expires: number;
  /** Random identifier of the browser for this account. */
  readonly browser: string;
  readonly mac: string;
}

type Account = Pick<User, 'pk' | 'passwordChangeDate'>;

/**
 * Recognises browsers that have signed in before, by a signed cookie (OWASP, "Slow Down Online Guessing Attacks with
 * Device Cookies"). It grants no access: such a browser only has a rate limit of its own. It is bound to the
 * account and its password, so that a new password revokes it.
 */
@Injectable()
export class KnownBrowsers {
  constructor(
    private readonly secrets: SecretBox,
    private readonly clock: DatabaseClock,
  ) {}

  /**
   * Returns the identifier of a browser that has signed in to the account; undefined for others.
   *
   * @param cookie untrusted value of the cookie
   */
  find(cookie: string | undefined, account: Account | undefined): string | undefined {
    if (account === undefined) return undefined;
    const entry = entriesOf(cookie).find(({ user }) => user === account.pk);
    if (entry === undefined || entry.expires <= this.clock.now() / 1000) return undefined;
    return this.secrets.identifies(signedValue(entry, account), entry.mac) ? entry.browser : undefined;
  }

  /** Returns the cookie after a sign-in. The identifier is new, so that a copy of an older cookie has a separate limit. */
  add(cookie: string | undefined, account: Account): string {
    const fields = {
      user: account.pk,
      expires: Math.floor(this.clock.now() / 1000) + knownBrowserTtl,
      browser: randomBytes(16).toString('base64url'),
    };
    const entry: Entry = { ...fields, mac: this.secrets.identifier(signedValue(fields, account)) };
    const others = entriesOf(cookie).filter(({ user }) => user !== account.pk);
    return [entry, ...others]
      .slice(0, maxAccounts)
      .map(({ user, expires, browser, mac }) => [user, expires, browser, mac].join('.'))
      .join('~');
  }
}

function signedValue({ user, expires, browser }: Omit<Entry, 'mac'>, { passwordChangeDate }: Account): string {
  return `known browser:${user}.${expires}.${browser}.${passwordChangeDate.getTime()}`;
}

function entriesOf(cookie = ''): Entry[] {
  return cookie.split('~', maxAccounts).flatMap((text) => {
    const [, user, expires, browser = '', mac = ''] =
      /^(\d{1,10})\.(\d{1,12})\.([\w-]{22})\.([\da-f]{64})$/.exec(text) ?? [];
    return user === undefined ? [] : [{ user: Number(user), expires: Number(expires), browser, mac }];
  });
}
