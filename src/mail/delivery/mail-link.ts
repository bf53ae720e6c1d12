import type { SecretBox } from '../../database/secret-box.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';

/**
 * The link of a mail. Its secret is derived from the key that the message names and SECRET_KEY, so that it stands in
 * no table; the address is PUBLIC_URL and never comes from a request.
 *
 * @returns undefined if the mail has no link
 */
export function linkOf(
  { link }: { readonly link?: StoredMailData['link'] | undefined },
  publicUrl: string,
  secrets: SecretBox,
): string | undefined {
  if (link === undefined) return undefined;
  const own = `${link.parameter}=${linkSecret(link.key, secrets)}`;
  return `${publicUrl}${link.path}?${link.query === '' ? own : `${link.query}&${own}`}`;
}

/** The secret in the link with this key: 256 bits as hex. */
export function linkSecret(key: string, secrets: SecretBox): string {
  return secrets.identifier(`link:${key}`);
}

/** The one-time code with this key: six decimal digits. */
export function codeOf(key: string, secrets: SecretBox): string {
  const bits = BigInt(`0x${secrets.identifier(`code:${key}`)}`);
  return String(bits % 1_000_000n).padStart(6, '0');
}
