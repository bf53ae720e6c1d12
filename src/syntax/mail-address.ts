import { addressProblem } from './email-address.js';
import { headerTextProblem } from './header-text.js';

/** A mailbox: display name and address (RFC 5322, 3.4). */
export interface MailAddress {
  /** Display name; empty for none. */
  readonly name: string;
  /** A single address without angle brackets; its domain may be internationalized. */
  readonly address: string;
}

/** A phrase of plain text and quoted strings, then an address in angle brackets. */
const nameAndAddress = /^((?:"(?:[^"\\]|\\.)*"|[^"<>])*)<\s*([^<>\s]*)\s*>$/;

/**
 * Reads a mailbox as people write it: `books@library.example`, `City Library <books@library.example>` or
 * `"Library, City" <books@library.example>`. Signs that RFC 5322 wants in quotes may stand without them. The result need
 * not be valid; see `mailAddressProblem`.
 */
export function readMailAddress(text: string): MailAddress {
  const [, phrase = '', address = text.trim()] = nameAndAddress.exec(text.trim()) ?? [];
  const name = phrase.replace(/"((?:[^"\\]|\\.)*)"/g, (_, quoted: string) => quoted.replace(/\\(.)/g, '$1'));
  return { name: name.replace(/ +/g, ' ').trim(), address };
}

/**
 * Returns why mails cannot be sent from this mailbox; undefined if they can.
 *
 * @param role of the mailbox in the message, such as `sender`
 */
export function mailAddressProblem(role: string, { name, address }: MailAddress): string | undefined {
  return addressProblem(role, address) ?? headerTextProblem(`${role} name`, name);
}
