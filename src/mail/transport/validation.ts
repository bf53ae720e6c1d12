import { isIP } from 'node:net';

import { addressProblem, controlCharacter, toAsciiDomain } from '../../rest/fields/email-address.js';
import type { InlineImage, OutgoingMail } from './outgoing-mail.js';
import type { SmtpSettings } from './smtp-settings.js';

/** Maximum length of a word in a header, so that it fits into a line of 998 octets (RFC 5322, 2.1.1). */
const maxWordLength = 500;

/** Header fields that every mail gets, or that affect routing. */
const reservedFields =
  /^(from|to|cc|bcc|sender|subject|date|message-id|return-path|received|auto-submitted|x-auto-response-suppress|mime-version|content-.*|resent-.*)$/i;

/**
 * Returns why these settings are invalid, for administrators; undefined if they are valid. Values with control
 * characters must not reach a command or a header (CVE-2025-13033 and related advisories).
 */
export function settingsProblem(settings: SmtpSettings): string | undefined {
  const { host, port, username, password, useTls, useSsl, timeout } = settings;
  for (const [name, value] of Object.entries({ host, username, password })) {
    if (controlCharacter.test(value)) return `The ${name} of the mail server contains a control character.`;
  }
  if (host.trim() === '') return 'No host is set for the mail server.';
  if (toAsciiHost(host) === undefined) {
    return 'The host of the mail server is neither a host name nor an IP address. The port is a separate setting.';
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'The port of the mail server must be 1 to 65535.';
  if (useTls && useSsl) {
    return (
      'Both use_tls and use_ssl are set, but a connection starts either with or without TLS. ' +
      'Set use_tls for STARTTLS (port 587 or 25), or use_ssl for implicit TLS (port 465).'
    );
  }
  if (!(timeout > 0)) return 'The timeout of the mail server must be more than 0 seconds.';
  return undefined;
}

/** Returns why this mail is invalid; undefined if it is valid. */
export function mailProblem(mail: OutgoingMail): string | undefined {
  return (
    addressProblem('sender', mail.from.address) ??
    addressProblem('recipient', mail.to.address) ??
    headerTextProblem('sender name', mail.from.name) ??
    headerTextProblem('recipient name', mail.to.name) ??
    headerTextProblem('subject', mail.subject) ??
    (/^[!-;=?A-~]{1,120}@[!-;=?A-~]{1,120}$/.test(mail.messageId) ? undefined : 'The Message-ID is invalid.') ??
    (Number.isNaN(mail.date.getTime()) ? 'The date is invalid.' : undefined) ??
    firstProblem(Object.entries(mail.headers ?? {}), headerProblem) ??
    firstProblem(mail.attachments, imageProblem)
  );
}

/** Returns the host as an IP address without brackets or an ASCII host name; undefined if it is neither. */
export function toAsciiHost(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return bare;
  const name = toAsciiDomain(host);
  return name !== undefined && /^(?!-)[a-z0-9_.-]{1,253}$/i.test(name) && !name.includes('..') ? name : undefined;
}

/**
 * Returns why this text must not be part of a header line; undefined if it may. Literal encoded words (RFC 2047) are
 * rejected, because mail clients would decode them to characters that are rejected here.
 */
export function headerTextProblem(what: string, value: string): string | undefined {
  if (controlCharacter.test(value)) return `The ${what} contains a control character.`;
  if (/=\?[^?\s]+\?[bq]\?[^?]*\?=/i.test(value)) return `The ${what} contains an encoded word (=?…?=).`;
  if (value.split(' ').some((word) => word.length > maxWordLength)) {
    return `The ${what} contains a word of more than ${maxWordLength} characters.`;
  }
  return undefined;
}

function headerProblem([name, value]: [string, string]): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,75}$/i.test(name)) return 'The name of a header field is invalid.';
  if (reservedFields.test(name)) return `The header field ${name} is reserved.`;
  return headerTextProblem(`header field ${name}`, value);
}

function imageProblem({ cid, filename, contentType }: InlineImage): string | undefined {
  if (!/^[\w.+-]{1,100}(@[\w.+-]{1,100})?$/.test(cid)) return 'The Content-ID of an image is invalid.';
  if (controlCharacter.test(filename) || filename === '') return 'The file name of an image is invalid.';
  if (!/^[a-z]+\/[a-z0-9.+-]+$/i.test(contentType)) return `The content type of the image ${filename} is invalid.`;
  return undefined;
}

function firstProblem<T>(values: Iterable<T>, reason: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = reason(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
