/** Any origin will do: what matters is whether an address stays on it. */
const here = 'https://here.invalid';

/**
 * Browsers drop tabs and newlines from addresses and read a backslash as a slash; servers in between may decode what
 * is encoded.
 */
const hostile = /[\p{Cc}\s\\]|%5c|%[01][0-9a-f]|%2f%2f/iu;

/**
 * The one check of where somebody may be sent: a path of this service, and nothing that a browser could take for
 * another address (better-auth CVE-2024-56734, CVE-2025-27143, CVE-2025-71403).
 *
 * @returns the path with its query, percent-encoded; undefined if it is none
 */
export function localPath(wanted: string): string | undefined {
  if (!wanted.startsWith('/') || hostile.test(wanted)) return undefined;
  const [path = ''] = wanted.split(/[?#]/, 1);
  if (path.includes('//') || path.startsWith('/@')) return undefined;
  if (!URL.canParse(wanted, here)) return undefined;
  const { origin, pathname, search, hash } = new URL(wanted, here);
  if (origin !== here || pathname.includes('//')) return undefined;
  return `${pathname}${search}${hash}`;
}
