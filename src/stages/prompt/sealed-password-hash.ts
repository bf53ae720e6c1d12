import { hashPassword } from '../../core/passwords/password-hash.js';
import type { SecretBox } from '../../database/secret-box.js';

/** The place that the seal is bound to: the plan, between the stage that asks and the stage that writes. */
const place = 'plan.prompt_data.password';

/**
 * Hashes a password and seals the hash for a plan. A leaked plan (database dump, inspector, log) contains nothing to
 * test guesses against.
 */
export async function sealPasswordHash(password: string, secrets: SecretBox): Promise<string> {
  return secrets.seal(await hashPassword(password), place);
}

/**
 * Returns the hash of the password that a plan contains.
 *
 * @param sealed the result of `sealPasswordHash`
 * @throws SealBrokenError for any other value
 */
export function openPasswordHash(sealed: unknown, secrets: SecretBox): string {
  return secrets.open(String(sealed), place);
}
