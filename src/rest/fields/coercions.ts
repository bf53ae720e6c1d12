import { domainToASCII } from 'node:url';

import type { FieldMessages } from '../errors/validation-error.js';
import { parseUuid } from './uuid.js';

/** Turns a value of a JSON body into what the field stores, or throws `Rejection`. Never sees `undefined` or `null`. */
export type Coercion<T = unknown> = (raw: unknown) => T;

/** A value that a field does not take, with the messages for the client. */
export class Rejection extends Error {
  override readonly name = 'Rejection';

  constructor(readonly messages: FieldMessages) {
    super('rejected');
  }
}

export const requiredMessage = 'This field is required.';
export const nullMessage = 'This field may not be null.';
export const blankMessage = 'This field may not be blank.';
export const nulMessage = 'Null characters are not allowed.';

const int32 = { minimum: -2_147_483_648, maximum: 2_147_483_647 };

export interface TextRules {
  readonly allowBlank?: boolean;
  readonly maxLength?: number;
  /** Spaces around the value are kept (a password). */
  readonly verbatim?: boolean;
  /** Message for a value that is no text at all. */
  readonly notText?: string;
  /** Further rules; each gives a message or nothing. */
  readonly checks?: readonly ((value: string) => string | undefined)[];
}

/** Text as the reference takes it: numbers are spelt out, blanks around it are dropped, every broken rule is told. */
export function text(options: TextRules = {}): Coercion<string> {
  return (raw) => {
    if (typeof raw !== 'string' && typeof raw !== 'number') {
      throw new Rejection([options.notText ?? 'Not a valid string.']);
    }
    const value = options.verbatim ? String(raw) : String(raw).trim();
    if (value.trim() === '' && !(options.verbatim && value !== '')) {
      if (options.allowBlank) return '';
      throw new Rejection([blankMessage]);
    }
    const messages = [
      options.maxLength !== undefined && [...value].length > options.maxLength
        ? `Ensure this field has no more than ${options.maxLength} characters.`
        : undefined,
      value.includes('\0') ? nulMessage : undefined,
      ...(options.checks ?? []).map((check) => check(value)),
    ].filter((message) => message !== undefined);
    if (messages.length > 0) throw new Rejection(messages);
    return value;
  };
}

/** Letters, digits, `-` and `_`, ASCII only. */
export function slug(options: Pick<TextRules, 'maxLength'> = {}): Coercion<string> {
  const message = 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.';
  return text({
    ...options,
    notText: message,
    checks: [(value) => (/^[-a-zA-Z0-9_]+$/.test(value) ? undefined : message)],
  });
}

/** One mailbox of at most 254 characters, without a display name. */
export function email(options: Pick<TextRules, 'allowBlank'> = {}): Coercion<string> {
  const message = 'Enter a valid email address.';
  return text({
    ...options,
    maxLength: 254,
    notText: message,
    checks: [(value) => (isEmailAddress(value) ? undefined : message)],
  });
}

const atom = "[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+";
const dotAtom = new RegExp(`^${atom}(\\.${atom})*$`);
// Quoted local part of RFC 5321, printable ASCII and tab only.
const quotedString = /^"([\t !#-[\]-~]|\\[\t -~])*"$/;
const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,62}[a-z0-9]$/i;
const addressLiteral = /^\[([0-9]{1,3}(\.[0-9]{1,3}){3}|IPv6:[0-9a-f:.]+|[0-9a-f:]+)\]$/i;

/** Whether this is one mailbox (RFC 5321, 4.1.2) whose domain has a dot, is `localhost` or an address literal. */
export function isEmailAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  const local = value.slice(0, Math.max(at, 0));
  const domain = value.slice(at + 1);
  if (!dotAtom.test(local) && !quotedString.test(local)) return false;
  if (domain === 'localhost' || addressLiteral.test(domain) || domainName.test(domain)) return true;
  return /[^\0-\x7f]/.test(domain) && domainName.test(domainToASCII(domain));
}

/** A whole number that fits a 32-bit column; also as text, with blanks around it, or with an empty fraction. */
export function integer(limits: { minimum?: number; maximum?: number } = {}): Coercion<number> {
  const { minimum, maximum } = { ...int32, ...limits };
  return (raw) => {
    const value = wholeNumber(raw);
    if (value > maximum) throw new Rejection([`Ensure this value is less than or equal to ${maximum}.`]);
    if (value < minimum) throw new Rejection([`Ensure this value is greater than or equal to ${minimum}.`]);
    return value;
  };
}

function wholeNumber(raw: unknown): number {
  if (typeof raw === 'string' && raw.length > 1000) throw new Rejection(['String value too large.']);
  // A literal beyond 64 bits is a float to the reference, and a float that large is no integer to it.
  const usable = typeof raw === 'string' || (typeof raw === 'number' && Math.abs(raw) < 2 ** 64);
  const digits = usable ? asciiDigits(String(raw).trim()).replace(/\.0*$/, '') : '';
  if (!/^[+-]?\d+(_\d+)*$/.test(digits)) throw new Rejection(['A valid integer is required.']);
  return Number(digits.replaceAll('_', ''));
}

/** Writes decimal digits of any script as 0-9. Every script keeps its ten digits together, in order. */
export function asciiDigits(value: string): string {
  return value.replace(/\p{Nd}/gu, (digit) => {
    let zero = digit.codePointAt(0) ?? 0;
    if (zero < 128) return digit;
    let count = 0;
    while (count < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) {
      zero -= 1;
      count += 1;
    }
    return String(count);
  });
}

const truths = ['t', 'T', 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON', '1', 1, true];
const untruths = ['f', 'F', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF', '0', 0, false];

/** A truth value in one of the spellings that the reference knows. */
export function boolean(): Coercion<boolean> {
  return (raw) => {
    if (truths.includes(raw as string)) return true;
    if (untruths.includes(raw as string)) return false;
    throw new Rejection(['Must be a valid boolean.']);
  };
}

/** One of the listed words. */
export function choice<T extends string>(choices: readonly T[]): Coercion<T> {
  return (raw) => {
    const known = choices.find((name) => name === raw);
    if (known === undefined) throw new Rejection([`"${shown(raw)}" is not a valid choice.`]);
    return known;
  };
}

/** The key of a row in another table, a UUID; whether the row exists is another rule. */
export function uuidKey(): Coercion<string> {
  return (raw) => {
    if (typeof raw === 'boolean') throw new Rejection(['Incorrect type. Expected pk value, received bool.']);
    if (raw === '') throw new Rejection([nullMessage]);
    const uuid = parseUuid(raw);
    if (uuid === undefined) throw new Rejection([`“${shown(raw)}” is not a valid UUID.`]);
    return uuid;
  };
}

/** The key of a row in another table, a number; whether the row exists is another rule. */
export function integerKey(): Coercion<number> {
  return (raw) => {
    if (raw === '') throw new Rejection([nullMessage]);
    const type =
      typeof raw === 'boolean' ? 'bool' : Array.isArray(raw) ? 'list' : typeof raw === 'object' ? 'dict' : 'str';
    const value = typeof raw === 'number' || typeof raw === 'string' ? Number(raw) : Number.NaN;
    if (!Number.isSafeInteger(value)) {
      throw new Rejection([`Incorrect type. Expected pk value, received ${type}.`]);
    }
    return value;
  };
}

/** A list whose items all pass `item`; errors are told by item, in order. */
export function list<T>(item: Coercion<T>): Coercion<T[]> {
  return (raw) => {
    if (!Array.isArray(raw)) {
      throw new Rejection([`Expected a list of items but got type "${pythonType(raw)}".`]);
    }
    const messages: string[] = [];
    const values = raw.flatMap((entry: unknown) => {
      try {
        if (entry === null) throw new Rejection([nullMessage]);
        return [item(entry)];
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        messages.push(...(error.messages as string[]));
        return [];
      }
    });
    if (messages.length > 0) throw new Rejection(messages);
    return values;
  };
}

/** A JSON object with any content. */
export function dictionary(): Coercion<Record<string, unknown>> {
  return (raw) => {
    if (typeof raw !== 'object' || Array.isArray(raw)) {
      throw new Rejection(['Value must be a dictionary, and not have any duplicate keys.']);
    }
    if (JSON.stringify(raw).includes('\\u0000')) throw new Rejection([nulMessage]);
    return raw as Record<string, unknown>;
  };
}

/** A point in time in ISO 8601; without an offset it is UTC. */
export function dateTime(): Coercion<Date> {
  const pattern = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?)(Z|[+-]\d{2}(:?\d{2})?)?$/i;
  return (raw) => {
    if (typeof raw === 'string' && pattern.test(raw.trim())) {
      const iso = raw.trim().replace(' ', 'T').replace(',', '.').toUpperCase();
      const date = new Date(/(Z|[+-]\d{2}(:?\d{2})?)$/.test(iso.slice(10)) ? withColon(iso) : `${iso}Z`);
      if (!Number.isNaN(date.getTime())) return date;
    }
    throw new Rejection([
      'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].',
    ]);
  };
}

function withColon(iso: string): string {
  return iso.replace(/([+-]\d{2}):?(\d{2})?$/, (_, hours: string, minutes = '00') => `${hours}:${minutes}`);
}

/** The reference's name for the type of a JSON value, as its messages use it. */
export function pythonType(value: unknown): string {
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'dict';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return 'str';
}

/** A value as a message echoes it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
