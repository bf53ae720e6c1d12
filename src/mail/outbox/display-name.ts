import { headerTextProblem } from '../../syntax/header-text.js';
import { cut, singleLine } from '../../templating/plain-text.js';

/** Maximum length in UTF-16 units, about what mail clients show in lists. */
const maxLength = 64;

/** Domain separators (UTS 46, section 2.3) between letters or digits, which mail clients turn into links. */
const domainDot = /(?<=[\p{L}\p{N}])[.\u3002\uff0e\uff61](?=[\p{L}\p{N}])/gu;

/**
 * Returns the recipient's display name for a header. Users choose it, so the result is bounded, on one line, without
 * invisible characters, and mail clients do not turn it into a link: a blank follows each dot in a word, and `://`
 * becomes a colon.
 *
 * @returns the empty string for a name that is not valid in a header (RFC 5322, section 2.1.1; RFC 2047)
 */
export function displayName(name: string): string {
  if (headerTextProblem('name', name) !== undefined) return '';
  const visible = singleLine(name)
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return cut(visible.replaceAll('://', ': ').replace(domainDot, '. '), maxLength);
}
