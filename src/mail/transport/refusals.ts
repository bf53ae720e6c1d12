import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

import { isEmailAddress } from '../../rest/fields/coercions.js';
import type { InlineImage, OutgoingMail } from './outgoing-mail.js';
import type { SmtpSettings } from './smtp-settings.js';

/** C0 and C1 controls with CR, LF, NUL and NEL, and the line separators of Unicode. None has a place in an option. */
const controlCharacter = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;

/** Longest address on the wire: a path has 256 octets with its angle brackets (RFC 5321, 4.5.3.1.3). */
const longestAddress = 254;

/** Longest word that a header line can hold with certainty: lines end at 998 octets (RFC 5322, 2.1.1). */
const longestWord = 500;

/** Header fields that every mail gets, or that say where it goes. */
const ownFields =
  /^(from|to|cc|bcc|sender|subject|date|message-id|return-path|received|auto-submitted|x-auto-response-suppress|mime-version|content-.*|resent-.*)$/i;

/**
 * Why no mail can be sent with these settings, for an administrator; undefined if one can be tried. Values with control
 * characters never get near a command or a header (CVE-2025-13033 and the advisories around it).
 */
export function reasonToRefuseSettings(settings: SmtpSettings): string | undefined {
  const { host, port, username, password, useTls, useSsl, timeout } = settings;
  for (const [name, value] of Object.entries({ host, username, password })) {
    if (controlCharacter.test(value)) return `The ${name} of the mail server holds a control character.`;
  }
  if (host.trim() === '') return 'No host is set for the mail server.';
  if (hostOnTheWire(host) === undefined) {
    return 'The host of the mail server is neither a host name nor an IP address. The port is a setting of its own.';
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'The port of the mail server must be 1 to 65535.';
  if (useTls && useSsl) {
    return (
      'Both use_tls and use_ssl are set, but a connection starts either in clear or with TLS. ' +
      'Set use_tls for STARTTLS (port 587 or 25), or use_ssl for TLS from the first byte (port 465).'
    );
  }
  if (!(timeout > 0)) return 'The timeout of the mail server must be more than 0 seconds.';
  return undefined;
}

/** Why this mail cannot be sent to anyone, ever; undefined if it can be tried. */
export function reasonToRefuseMail(mail: OutgoingMail): string | undefined {
  return (
    reasonToRefuseAddress('sender', mail.from.address) ??
    reasonToRefuseAddress('recipient', mail.to.address) ??
    reasonToRefuseText('name of the sender', mail.from.name) ??
    reasonToRefuseText('name of the recipient', mail.to.name) ??
    reasonToRefuseText('subject', mail.subject) ??
    (/^[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}$/.test(mail.messageId) ? undefined : 'The Message-ID is not valid.') ??
    (Number.isNaN(mail.date.getTime()) ? 'The date is not valid.' : undefined) ??
    firstOf(Object.entries(mail.headers ?? {}), reasonToRefuseHeader) ??
    firstOf(mail.attachments, reasonToRefuseImage)
  );
}

/**
 * The one address, with its domain as DNS knows it (A-labels, RFC 5891). Only for what `reasonToRefuseMail` let pass.
 */
export function addressOnTheWire(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${asciiDomain(address.slice(at + 1)) ?? ''}`;
}

/** An IP address without brackets, or a host name in ASCII; undefined for anything else. */
export function hostOnTheWire(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return bare;
  const name = asciiDomain(host);
  return name !== undefined && /^(?!-)[a-z0-9_.-]{1,253}$/i.test(name) && !name.includes('..') ? name : undefined;
}

/**
 * Exactly one mailbox: no list, group, comment or display name. Quoted local parts are refused too: they are legal, but
 * servers read them differently, which has sent mails to somebody else (CVE-2025-13033).
 * So are local parts outside ASCII, which few servers take (RFC 6531) and no field of the API does.
 */
export function reasonToRefuseAddress(role: string, address: string): string | undefined {
  if (controlCharacter.test(address)) return `The address of the ${role} holds a control character.`;
  if (address === '') return `There is no address of the ${role}.`;
  if (address.includes('"'))
    return `The address of the ${role} has a quoted part before its @, which is not supported.`;
  const at = address.lastIndexOf('@');
  if (/[^\0-\x7f]/.test(address.slice(0, at))) {
    return `The address of the ${role} has characters outside ASCII before its @ (SMTPUTF8), which is not supported.`;
  }
  if (!isEmailAddress(address) || asciiDomain(address.slice(at + 1)) === undefined) {
    return `The address of the ${role} is not one valid email address.`;
  }
  if (addressOnTheWire(address).length > longestAddress) {
    return `The address of the ${role} is longer than ${longestAddress} characters.`;
  }
  return undefined;
}

/**
 * Text of a header line. What is not ASCII in it becomes encoded words later (RFC 2047); one that is in it already
 * would be decoded by the reader's program, and so bring in what was refused here.
 */
export function reasonToRefuseText(what: string, value: string): string | undefined {
  if (controlCharacter.test(value)) return `The ${what} holds a control character.`;
  if (/=\?[^?\s]+\?[bq]\?[^?]*\?=/i.test(value)) return `The ${what} holds an encoded word (=?…?=).`;
  if (value.split(' ').some((word) => word.length > longestWord)) {
    return `The ${what} holds a word of more than ${longestWord} characters.`;
  }
  return undefined;
}

function reasonToRefuseHeader([name, value]: [string, string]): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,75}$/i.test(name)) return 'The name of a header field is not valid.';
  if (ownFields.test(name)) return `The header field ${name} cannot be set: every mail has its own.`;
  return reasonToRefuseText(`header field ${name}`, value);
}

function reasonToRefuseImage({ cid, filename, contentType }: InlineImage): string | undefined {
  if (!/^[\w.+-]{1,100}(@[\w.+-]{1,100})?$/.test(cid)) return 'The Content-ID of an image is not valid.';
  if (controlCharacter.test(filename) || filename === '') return 'The file name of an image is not valid.';
  if (!/^[a-z]+\/[a-z0-9.+-]+$/i.test(contentType)) return `The content type of the image ${filename} is not valid.`;
  return undefined;
}

/**
 * A domain as DNS knows it. ASCII stays as it is; other names are mapped (UTS 46), but only if they hold nothing that
 * the mapping, made for URLs, would cut off or drop: `/`, `#`, `?`, `\`, blanks.
 */
function asciiDomain(domain: string): string | undefined {
  if (!/[^\0-\x7f]/.test(domain)) return domain;
  if (!/^[a-z0-9.\x80-\u{10ffff}-]+$/iu.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  return ascii === '' ? undefined : ascii;
}

function firstOf<T>(values: Iterable<T>, reason: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = reason(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
