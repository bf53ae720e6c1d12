import { ValidationError } from '../../rest/errors/validation-error.js';
import type { Token } from './token.entity.js';

/** Lifetime of a token, and maximum lifetime of an app password, in milliseconds: one day. */
export const tokenLifetime = 24 * 3600 * 1000;

/** Fields that determine the expiry of a token. */
export type Lifetime = Pick<Token, 'intent' | 'expires' | 'expiring'>;

/**
 * Returns the expiry of a new or changed token (management API, section 9.1). An API token always gets the full lifetime
 * from now. The expiry of an app password can be chosen within that lifetime, or disabled; by default it is unchanged.
 *
 * @param asked fields of the request
 * @param stored the stored token, for a change
 * @throws ValidationError if the requested expiry is too late
 */
export function lifetimeOf(asked: Partial<Lifetime>, stored: Lifetime | undefined, now: Date): Lifetime {
  const intent = asked.intent ?? stored?.intent ?? 'api';
  const expiring = asked.expiring ?? stored?.expiring ?? true;
  const latest = new Date(now.getTime() + tokenLifetime);
  if (intent === 'api') return { intent, expiring, expires: latest };
  const kept = stored?.intent === intent ? stored.expires : latest;
  const expires = asked.expires === undefined ? kept : asked.expires;
  // A longer stored expiry, such as that of a service account, may remain.
  const isKept = stored?.intent === intent && stored.expiring && expires?.getTime() === stored.expires?.getTime();
  if (intent !== 'app_password' || !expiring || isKept) return { intent, expiring, expires };
  if (expires !== null && expires <= latest) return { intent, expiring, expires };
  if (asked.expires === undefined || asked.expires === null) return { intent, expiring, expires: latest };
  throw new ValidationError({ expires: [`Token expires exceeds maximum lifetime (${formatDate(latest)} UTC).`] });
}

function formatDate(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}
