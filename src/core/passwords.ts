import { hash } from '@node-rs/argon2';

/** The hash to store for a password: argon2id with the parameters that OWASP recommends as the library's default. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}
