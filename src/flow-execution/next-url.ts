/** An arbitrary origin, to test whether a URL stays on it. */
const here = 'https://here.invalid';

/**
 * Browsers remove tabs and newlines from URLs and treat a backslash as a slash; proxies may decode encoded ones.
 */
const hostile = /[\p{Cc}\s\\]/u;
const hostileOnceDecoded = /%5c|%[01][0-9a-f]/i;

/**
 * Validates the target of a redirect that a visitor has brought along: a path of this service, or a URL of an origin that
 * the operator allows.
 *
 * @param allowed exact origins (`ALLOWED_REDIRECTS`)
 * @returns the percent-encoded path or URL; undefined for any other target
 */
export function redirectTarget(requested: string, allowed: readonly string[]): string | undefined {
  return localPath(requested) ?? allowedUrl(requested, allowed);
}

/**
 * Validates a redirect target: only paths of this service, and nothing that a browser could resolve to another origin
 * (better-auth CVE-2024-56734, CVE-2025-27143, CVE-2025-71403). Every redirect uses it.
 *
 * @returns the percent-encoded path with query and fragment; undefined for any other target
 */
export function localPath(requested: string): string | undefined {
  if (!requested.startsWith('/') || hostile.test(requested) || hostileOnceDecoded.test(requested)) return undefined;
  const [path = ''] = requested.split(/[?#]/, 1);
  if (/\/\/|%2f%2f/i.test(path) || path.startsWith('/@')) return undefined;
  if (!URL.canParse(requested, here)) return undefined;
  const { origin, pathname, search, hash } = new URL(requested, here);
  if (origin !== here || pathname.includes('//')) return undefined;
  return `${pathname}${search}${hash}`;
}

/** Returns a URL that starts with one of the origins as the operator has written it, and names no user. */
function allowedUrl(requested: string, allowed: readonly string[]): string | undefined {
  if (hostile.test(requested) || !URL.canParse(requested)) return undefined;
  const { origin, username, password, href } = new URL(requested);
  const isWrittenOut = requested === origin || ['/', '?', '#'].some((end) => requested.startsWith(origin + end));
  return allowed.includes(origin) && isWrittenOut && username === '' && password === '' ? href : undefined;
}
