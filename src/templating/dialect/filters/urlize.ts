import { isEmailAddress } from '../../../syntax/email-address.js';
import { escapeHtml } from '../values.js';

/** Longest text that becomes a link. */
const maxUrlLength = 2048;

const webAddress = /^https?:\/\/\[?[\p{L}\p{N}_]/iu;
const bareAddress = /^www\.|^(?!http)[\p{L}\p{N}_][^@]+\.(com|edu|gov|int|mil|net|org)($|\/.*$)/iu;

/**
 * Turns URLs and email addresses in text into links, as Django's filter does: words that begin with `http://`, `https://` or
 * `www.`, or that end in one of seven old top-level domains. The result is HTML.
 *
 * @param written escapes text outside of links
 * @param limit of characters that the text of a link shows
 */
export function urlized(text: string, written: (text: string) => string, limit = Number.POSITIVE_INFINITY): string {
  return text
    .split(/([\s<>"']+)/)
    .map((word) => linked(word, written, limit) ?? written(word))
    .join('');
}

function linked(word: string, written: (text: string) => string, limit: number): string | undefined {
  if (!/[.@:]/.test(word)) return undefined;
  const [lead, address, trail] = withoutPunctuation(word);
  const target = targetOf(address);
  if (target === undefined) return undefined;
  const { href, attributes } = target;
  const characters = Array.from(address);
  const shown = characters.length <= limit ? address : `${characters.slice(0, Math.max(0, limit - 1)).join('')}…`;
  return `${written(lead)}<a href="${escapeHtml(href)}"${attributes}>${written(shown)}</a>${written(trail)}`;
}

function targetOf(address: string): { href: string; attributes: string } | undefined {
  const attributes = ' rel="nofollow"';
  if (address.length <= maxUrlLength && webAddress.test(address)) return { href: quoted(address), attributes };
  if (address.length <= maxUrlLength && bareAddress.test(address)) {
    return { href: quoted(`http://${address}`), attributes };
  }
  if (address.includes(':') || !isEmailAddress(address)) return undefined;
  const at = address.lastIndexOf('@');
  const encode = (part: string): string => encodeURIComponent(part.toWellFormed()).replace(/[!'()*]/g, percentEncoded);
  return { href: `mailto:${encode(address.slice(0, at))}@${encode(address.slice(at + 1))}`, attributes: '' };
}

/** Encodes what a URL must not contain (RFC 3986), and nothing twice. Host names stay as they are. */
function quoted(address: string): string {
  return address
    .toWellFormed()
    .replace(/%(?![\dA-F]{2})/gi, '%25')
    .replace(/[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a~]/gu, (character) => encodeURIComponent(character));
}

function percentEncoded(sign: string): string {
  return `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** Splits off brackets before a word, and after it brackets that are not opened in it and the signs of a sentence. */
function withoutPunctuation(word: string): [lead: string, address: string, trail: string] {
  const start = /^[([]*/.exec(word)?.[0].length ?? 0;
  let end = word.length;
  // Counted once, so that the time is linear in the length of the word.
  const surplus: Record<string, number> = { ')': 0, ']': 0 };
  const openings: Readonly<Record<string, string>> = { '(': ')', '[': ']' };
  for (const sign of word.slice(start)) {
    const closing = openings[sign] ?? sign;
    if (closing in surplus) surplus[closing] = (surplus[closing] ?? 0) + (closing === sign ? 1 : -1);
  }
  for (; end > start; end -= 1) {
    const last = word[end - 1] ?? '';
    const isSurplus = (surplus[last] ?? 0) > 0;
    if (isSurplus) surplus[last] = (surplus[last] ?? 0) - 1;
    else if (!'.,:;!'.includes(last)) break;
  }
  return [word.slice(0, start), word.slice(start, end), word.slice(end)];
}
