import { ValidationError } from '../../rest/errors/validation-error.js';
import type { TokenIntent } from './token.entity.js';

/** How long a token is valid at most, in milliseconds: a day. */
export const longestLifetime = 24 * 3600 * 1000;

/**
 * When a token expires. One for the API always gets the whole lifetime from now on, also when it is changed; the end
 * of an app password can be chosen, up to that.
 *
 * @throws ValidationError if the end that is asked for is too far away
 */
export function expiryOf(intent: TokenIntent, asked: Date | null | undefined, now: Date): Date {
  const latest = new Date(now.getTime() + longestLifetime);
  if (intent !== 'app_password' || asked === undefined || asked === null) return latest;
  if (asked <= latest) return asked;
  const limit = latest.toISOString().replace('T', ' ').replace('Z', '');
  throw new ValidationError({ expires: [`Token expires exceeds maximum lifetime (${limit} UTC).`] });
}
