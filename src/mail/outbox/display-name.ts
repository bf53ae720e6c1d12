import { cut, singleLine } from '../../templating/plain-text.js';
import { reasonToRefuseText } from '../transport/refusals.js';

/** Longest display name, in UTF-16 units: more than that no list of mails shows. */
const longest = 64;

/** Dots that programs read as those of a domain (UTS 46, section 2.3), between two letters or digits. */
const domainDot = /(?<=[\p{L}\p{N}])[.\u3002\uff0e\uff61](?=[\p{L}\p{N}])/gu;

/**
 * The name beside a recipient's address. Users choose it, so it is bounded, on one line, free of invisible characters,
 * and no mail program makes a link of it: a blank follows each dot in a word, `://` becomes a colon.
 *
 * @returns the empty string for a name that no header can hold (RFC 5322, section 2.1.1; RFC 2047)
 */
export function displayName(name: string): string {
  if (reasonToRefuseText('name', name) !== undefined) return '';
  const visible = singleLine(name)
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return cut(visible.replaceAll('://', ': ').replace(domainDot, '. '), longest);
}
