import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

/** C0 and C1 controls, which include CR, LF, NUL and NEL, and the Unicode line separators. */
export const controlCharacter = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;

/** A path has at most 256 octets including its angle brackets (RFC 5321, 4.5.3.1.3). */
const maxAddressLength = 254;

const atom = "[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+";
// Local part with letters of any script (RFC 6531, 3.3), without invisible characters.
const utf8Atom = "[-!#$%&'*+/=?^_`{|}~0-9A-Za-z\\p{L}\\p{M}\\p{N}]+";
const utf8DotAtom = new RegExp(`^${utf8Atom}(\\.${utf8Atom})*$`, 'u');
const dotAtom = new RegExp(`^${atom}(\\.${atom})*$`);
// Quoted local part (RFC 5321) in printable ASCII; spaces must be escaped.
const quotedString = /^"([!#-[\]-~]|\\[ -~])*"$/;
const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,62}[a-z0-9]$/i;

/** Whether this is a single address (RFC 5321, 4.1.2) whose domain has a dot, is `localhost` or an address literal. */
export function isEmailAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, Math.max(at, 0));
  const domain = value.slice(at + 1);
  if (!dotAtom.test(local) && !quotedString.test(local)) return false;
  if (domain === 'localhost' || domainName.test(domain)) return true;
  if (domain.startsWith('[') && domain.endsWith(']')) return isIP(domain.slice(1, -1)) !== 0;
  // domainToASCII drops line breaks and everything after the host of a URL, so it must get labels only.
  return /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) && domainName.test(domainToASCII(domain));
}

/**
 * Returns why this is not a single address that mails can be sent to; undefined if it is. Lists, groups, comments and
 * display names are rejected. So are quoted local parts, which servers parse differently, so that mails have gone to
 * the wrong recipient (CVE-2025-13033), and non-ASCII local parts of senders: not every server could take a mail of theirs.
 * A recipient may have one; the server of the recipient has it too (SMTPUTF8, RFC 6531).
 *
 * @param role of the address in the message, such as `recipient`
 */
export function addressProblem(role: string, address: string): string | undefined {
  if (controlCharacter.test(address)) return `The address of the ${role} contains a control character.`;
  if (address === '') return `The ${role} has no address.`;
  if (address.includes('"')) return `The address of the ${role} has a quoted local part, which is not supported.`;
  const at = address.lastIndexOf('@');
  const isUtf8 = hasUtf8LocalPart(address);
  if (isUtf8 && role !== 'recipient') {
    return `The address of the ${role} has a non-ASCII local part (SMTPUTF8), which is not supported.`;
  }
  const ascii = isUtf8 && utf8DotAtom.test(address.slice(0, at)) ? `x${address.slice(at)}` : address;
  if (!isEmailAddress(ascii) || toAsciiDomain(address.slice(at + 1)) === undefined) {
    return `The address of the ${role} is not a single valid email address.`;
  }
  if (Buffer.byteLength(toAsciiAddress(address)) > maxAddressLength) {
    return `The address of the ${role} is longer than ${maxAddressLength} characters.`;
  }
  return undefined;
}

/** Whether servers need SMTPUTF8 for this address (RFC 6531). */
export function hasUtf8LocalPart(address: string): boolean {
  return /[^\0-\x7f]/.test(address.slice(0, address.lastIndexOf('@')));
}

/**
 * Returns the address as mail servers take it: with an ASCII domain (A-labels, RFC 5891), or with the tag that RFC 5321
 * (4.1.3) demands of IPv6 addresses. The address must have no `addressProblem`.
 */
export function toAsciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  const ascii = isIP(domain.slice(1, -1)) === 6 ? `[IPv6:${domain.slice(1)}` : toAsciiDomain(domain);
  return `${address.slice(0, at)}@${ascii ?? ''}`;
}

/**
 * Returns the domain in ASCII; undefined if it is invalid. ASCII domains are returned unchanged. Others are mapped (UTS
 * 46) unless they contain characters that the mapping, made for URLs, would drop: `/`, `#`, `?`, `\`, spaces.
 */
export function toAsciiDomain(domain: string): string | undefined {
  if (!/[^\0-\x7f]/.test(domain)) return domain;
  if (!/^[a-z0-9.\x80-\u{10ffff}-]+$/iu.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  return ascii === '' ? undefined : ascii;
}

/** Returns the domain of an address in ASCII and lower case; `localhost` if it has none, such as an address literal. */
export function asciiDomainOf(address: string): string {
  const domain = domainToASCII(address.slice(address.lastIndexOf('@') + 1));
  return domain === '' ? 'localhost' : domain;
}
