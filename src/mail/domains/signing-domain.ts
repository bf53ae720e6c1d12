import { getDomain } from 'tldts';

/**
 * Returns the domains whose signatures DMARC aligns with a sender (RFC 7489, 3.1.1): its domain and those above it, up to
 * the organizational domain.
 *
 * @param from domain of the address in `From:`
 */
export function signingDomains(from: string): string[] {
  const domain = from.toLowerCase();
  const organizational = getDomain(domain) ?? domain;
  const labels = domain.split('.');
  return labels
    .map((_, index) => labels.slice(index).join('.'))
    .filter((name) => name === organizational || name.endsWith(`.${organizational}`));
}
