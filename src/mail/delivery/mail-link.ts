import type { SecretBox } from '../../database/secret-box.js';
import type { StoredMailData } from '../outbox/stored-mail-data.js';

/**
 * Returns the URL of a mail's link. Its secret is derived from the stored key and SECRET_KEY, so that no table contains
 * it. The host is that of PUBLIC_URL and never comes from a request.
 *
 * @returns undefined if the mail has no link
 */
export function linkOf(
  { link }: { readonly link?: StoredMailData['link'] | undefined },
  publicUrl: string,
  secrets: SecretBox,
): string | undefined {
  if (link === undefined) return undefined;
  const secret = `${link.parameter}=${linkSecret(link.key, secrets)}`;
  return `${publicUrl}${link.path}?${link.query === '' ? secret : `${link.query}&${secret}`}`;
}

/** Derives the secret of a link: 256 bits as hex. */
export function linkSecret(key: string, secrets: SecretBox): string {
  return secrets.identifier(`link:${key}`);
}

/** Derives a one-time code: six decimal digits. */
export function oneTimeCode(key: string, secrets: SecretBox): string {
  const bits = BigInt(`0x${secrets.identifier(`code:${key}`)}`);
  return String(bits % 1_000_000n).padStart(6, '0');
}
