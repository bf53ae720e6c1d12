import { randomBytes, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { SecretBox } from '../../database/secret-box.js';
import type { User } from '../users/user.entity.js';

/** Seconds that a browser is known after its last sign-in. */
export const knownFor = 365 * 86_400;

/** Accounts that one browser is known for, as in a family; the oldest sign-in is dropped. */
const mostAccounts = 5;

/** One account in the cookie: `<user>.<expires>.<browser>.<mac>`; several are joined by `~`. */
interface Entry {
  readonly user: number;
  /** Seconds since 1970. */
  readonly expires: number;
  /** Random name of the browser for this account. */
  readonly browser: string;
  readonly mac: string;
}

type Account = Pick<User, 'pk' | 'passwordChangeDate'>;

/**
 * Recognises browsers that have signed in before, by a signed cookie (OWASP, "Slow Down Online Guessing Attacks with
 * Device Cookies"). It proves nothing and opens nothing: such a browser only has a limit of its own. It is bound to the
 * account and to its password, so that a new password revokes it.
 */
@Injectable()
export class KnownBrowsers {
  constructor(private readonly secrets: SecretBox) {}

  /**
   * The random name of a browser that has signed in to the account; undefined for any other.
   *
   * @param cookie what the browser sent; may be anything
   */
  find(cookie: string | undefined, account: Account | undefined): string | undefined {
    if (account === undefined) return undefined;
    const entry = entriesOf(cookie).find(({ user }) => user === account.pk);
    if (entry === undefined || entry.expires <= Date.now() / 1000) return undefined;
    const [given, expected] = [Buffer.from(entry.mac), Buffer.from(this.macOf(entry, account))];
    return given.length === expected.length && timingSafeEqual(given, expected) ? entry.browser : undefined;
  }

  /** The cookie of a browser that signs in now. Its name is new, so that a copy of an older cookie counts apart. */
  add(cookie: string | undefined, account: Account): string {
    const fields = {
      user: account.pk,
      expires: Math.floor(Date.now() / 1000) + knownFor,
      browser: randomBytes(16).toString('base64url'),
    };
    const entry: Entry = { ...fields, mac: this.macOf(fields, account) };
    const others = entriesOf(cookie).filter(({ user }) => user !== account.pk);
    return [entry, ...others]
      .slice(0, mostAccounts)
      .map(({ user, expires, browser, mac }) => [user, expires, browser, mac].join('.'))
      .join('~');
  }

  private macOf({ user, expires, browser }: Omit<Entry, 'mac'>, { passwordChangeDate }: Account): string {
    return this.secrets.identifier(`known browser:${user}.${expires}.${browser}.${passwordChangeDate.getTime()}`);
  }
}

function entriesOf(cookie = ''): Entry[] {
  return cookie.split('~', mostAccounts).flatMap((text) => {
    const [, user, expires, browser = '', mac = ''] =
      /^(\d{1,10})\.(\d{1,12})\.([\w-]{22})\.([\da-f]{64})$/.exec(text) ?? [];
    return user === undefined ? [] : [{ user: Number(user), expires: Number(expires), browser, mac }];
  });
}
