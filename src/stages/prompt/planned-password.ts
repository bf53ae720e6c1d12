import { hashPassword } from '../../core/passwords/password-hash.js';
import type { SecretBox } from '../../database/secret-box.js';

/** Names the place in a plan that a password is kept in, between the stage that asks and the one that writes. */
const place = 'plan.prompt_data.password';

/**
 * What a plan holds of a password: its hash, sealed. So nobody who sees a plan (a dump of the database, the inspector,
 * a log) has anything to try passwords on.
 */
export async function plannedPassword(password: string, secrets: SecretBox): Promise<string> {
  return secrets.seal(await hashPassword(password), place);
}

/**
 * The hash behind what a plan holds.
 *
 * @throws SealBrokenError if it is anything else than what `plannedPassword` gave
 */
export function plannedPasswordHash(planned: unknown, secrets: SecretBox): string {
  return secrets.open(String(planned), place);
}
