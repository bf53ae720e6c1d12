/** Providers that ignore dots in the local part, and whose second domain leads to the same mailboxes. */
const dotless = new Set(['gmail.com', 'googlemail.com']);

/**
 * Returns a canonical form of an address: lower case, without `+tag`, and without dots where the provider ignores them.
 * Use it only for rate limits: mails go to the address as given. A name that is not an address is only lower-cased.
 */
export function mailboxOf(name: string): string {
  const plain = name.trim().normalize('NFKC').toLowerCase();
  const at = plain.lastIndexOf('@');
  if (at <= 0) return plain;
  const [local, domain] = [plain.slice(0, at), plain.slice(at + 1)];
  // A tag needs a name before it: `+tag@example.org` is a mailbox of its own.
  const untagged = local.replace(/(?<=.)\+.*$/s, '');
  return dotless.has(domain) ? `${untagged.replaceAll('.', '')}@gmail.com` : `${untagged}@${domain}`;
}
