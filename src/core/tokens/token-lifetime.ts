import { ValidationError } from '../../rest/errors/validation-error.js';
import type { Token } from './token.entity.js';

/** How long a token is valid, and an app password at most, in milliseconds: a day. */
export const tokenLifetime = 24 * 3600 * 1000;

/** What decides how long a token is valid. */
export type Lifetime = Pick<Token, 'intent' | 'expires' | 'expiring'>;

/**
 * When a token expires that is made or changed (management API, section 9.1). One for the API always gets the whole
 * lifetime from now on, whatever is asked for. The end of an app password can be chosen, up to that lifetime unless it
 * does not expire at all; without a choice it stays as it is.
 *
 * @param asked what the request says
 * @param stored what the token is now, if it is changed
 * @throws ValidationError if the end that is asked for is too far away
 */
export function lifetimeOf(asked: Partial<Lifetime>, stored: Lifetime | undefined, now: Date): Lifetime {
  const intent = asked.intent ?? stored?.intent ?? 'api';
  const expiring = asked.expiring ?? stored?.expiring ?? true;
  const latest = new Date(now.getTime() + tokenLifetime);
  if (intent === 'api') return { intent, expiring, expires: latest };
  const kept = stored?.intent === intent ? stored.expires : latest;
  const expires = asked.expires === undefined ? kept : asked.expires;
  // What was longer before it is changed, such as the password of a service account, may stay so.
  const isKept = stored?.intent === intent && stored.expiring && expires?.getTime() === stored.expires?.getTime();
  if (intent !== 'app_password' || !expiring || isKept) return { intent, expiring, expires };
  if (expires !== null && expires <= latest) return { intent, expiring, expires };
  if (asked.expires === undefined || asked.expires === null) return { intent, expiring, expires: latest };
  throw new ValidationError({ expires: [`Token expires exceeds maximum lifetime (${spelt(latest)} UTC).`] });
}

function spelt(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}
