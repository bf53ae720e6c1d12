/** An arbitrary origin, to test whether a URL stays on it. */
const here = 'https://here.invalid';

/**
 * Browsers remove tabs and newlines from URLs and treat a backslash as a slash; proxies may decode encoded ones.
 */
const hostile = /[\p{Cc}\s\\]|%5c|%[01][0-9a-f]|%2f%2f/iu;

/**
 * Validates a redirect target: only paths of this service, and nothing that a browser could resolve to another origin
 * (better-auth CVE-2024-56734, CVE-2025-27143, CVE-2025-71403). Every redirect uses it.
 *
 * @returns the percent-encoded path with query and fragment; undefined for any other target
 */
export function localPath(requested: string): string | undefined {
  if (!requested.startsWith('/') || hostile.test(requested)) return undefined;
  const [path = ''] = requested.split(/[?#]/, 1);
  if (path.includes('//') || path.startsWith('/@')) return undefined;
  if (!URL.canParse(requested, here)) return undefined;
  const { origin, pathname, search, hash } = new URL(requested, here);
  if (origin !== here || pathname.includes('//')) return undefined;
  return `${pathname}${search}${hash}`;
}
