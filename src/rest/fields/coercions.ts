import { isEmailAddress } from '../../syntax/email-address.js';
import type { FieldMessage, FieldMessages } from '../errors/validation-error.js';
import { message } from '../messages/messages.js';
import { pythonText, pythonTrim, pythonType } from './python-text.js';
import { parseUuid } from './uuid.js';

/** Converts a JSON value to the field's value, or throws `Rejection`. Never called with `undefined` or `null`. */
export type Coercion<T = unknown> = (raw: unknown) => T;

/** An invalid value, with the messages for the client. */
export class Rejection extends Error {
  override readonly name = 'Rejection';

  constructor(readonly messages: FieldMessages) {
    super('rejected');
  }
}

const emptyListMessage = 'This list may not be empty.';

const int32 = { minimum: -2_147_483_648, maximum: 2_147_483_647 };

export interface TextRules {
  readonly allowBlank?: boolean;
  readonly maxLength?: number;
  /** Does not trim the value (a password). */
  readonly verbatim?: boolean;
  /** Message for a value that is not text. */
  readonly notText?: FieldMessage;
  /** Further rules; each returns a message or undefined. */
  readonly checks?: readonly ((value: string) => FieldMessage | undefined)[];
}

/** Text like DRF's CharField: converts numbers, trims, and reports every violated rule. */
export function text(options: TextRules = {}): Coercion<string> {
  return (raw) => {
    if (!hasExactText(raw)) throw new Rejection([options.notText ?? message('notText')]);
    const value = options.verbatim ? String(raw) : pythonTrim(String(raw));
    if (value === '') {
      if (options.allowBlank) return '';
      throw new Rejection([message('blank')]);
    }
    const messages = [
      options.maxLength !== undefined && [...value].length > options.maxLength
        ? message('maxLength', { limit: options.maxLength })
        : undefined,
      value.includes('\0') ? message('nullCharacters') : undefined,
      ...(options.checks ?? []).map((check) => check(value)),
    ].filter((problem) => problem !== undefined);
    if (messages.length > 0) throw new Rejection(messages);
    return value;
  };
}

/** Whether the value is text, or a number with an exact text: integers above 2^53 lose digits when parsed. */
function hasExactText(raw: unknown): boolean {
  return typeof raw === 'string' || (typeof raw === 'number' && (Number.isSafeInteger(raw) || !Number.isInteger(raw)));
}

/** Letters, digits, `-` and `_`, ASCII only. */
export function slug(options: Pick<TextRules, 'maxLength'> = {}): Coercion<string> {
  const notSlug = 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.';
  return text({
    ...options,
    notText: notSlug,
    checks: [(value) => (/^[-a-zA-Z0-9_]+$/.test(value) ? undefined : notSlug)],
  });
}

/** One email address of at most 254 characters, without a display name. */
export function email(options: Pick<TextRules, 'allowBlank'> = {}): Coercion<string> {
  const notEmail = message('notEmail');
  return text({
    ...options,
    maxLength: 254,
    notText: notEmail,
    // Django's validator does not look into longer ones.
    checks: [(value) => ([...value].length <= 320 && isEmailAddress(value) ? undefined : notEmail)],
  });
}

/** A 32-bit integer; also as text, with blanks around it, or with an empty fraction. */
export function integer(limits: { minimum?: number; maximum?: number } = {}): Coercion<number> {
  const { minimum, maximum } = { ...int32, ...limits };
  return (raw) => {
    const value = wholeNumber(raw);
    if (value > maximum) throw new Rejection([message('maxValue', { maximum })]);
    if (value < minimum) throw new Rejection([message('minValue', { minimum })]);
    return value;
  };
}

function wholeNumber(raw: unknown): number {
  if (typeof raw === 'string' && raw.length > 1000) throw new Rejection([message('numberTooLong')]);
  const usable = typeof raw === 'string' || pythonType(raw) === 'int';
  const digits = usable ? asciiDigits(pythonTrim(String(raw))).replace(/\.0*$/, '') : '';
  if (!/^[+-]?\d+(_\d+)*$/.test(digits)) throw new Rejection([message('notInteger')]);
  return Number(digits.replaceAll('_', ''));
}

/** Converts decimal digits of any script to 0-9. In Unicode the ten digits of a script are contiguous and in order. */
export function asciiDigits(value: string): string {
  return value.replace(/[^\P{Nd}0-9]/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let first = code;
    // Digits of several scripts may be adjacent, in groups of ten.
    while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
    return String((code - first) % 10);
  });
}

const truths = ['t', 'T', 'y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON', '1', 1, true];
const untruths = ['f', 'F', 'n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF', '0', 0, false];

/** A boolean in one of DRF's spellings. */
export function boolean(): Coercion<boolean> {
  return (raw) => {
    if (truths.includes(raw as string)) return true;
    if (untruths.includes(raw as string)) return false;
    throw new Rejection([message('notBoolean')]);
  };
}

/** One of the listed words. */
export function choice<T extends string>(choices: readonly T[]): Coercion<T> {
  return (raw) => {
    const known = choices.find((name) => name === raw);
    if (known === undefined) throw new Rejection([message('notChoice', { choice: pythonText(raw) })]);
    return known;
  };
}

/** The key of one row, or null for a blank key, as DRF's relations read it. */
export function relation<T>(key: Coercion<T>): Coercion<T | null> {
  return (raw) => (raw === '' ? null : key(raw));
}

/** A UUID foreign key; `exists` checks the row. */
export function uuidKey(): Coercion<string> {
  return (raw) => {
    if (typeof raw === 'boolean') throw new Rejection(['Incorrect type. Expected pk value, received bool.']);
    // DRF reads a number as a UUID. No row has one that small.
    if (pythonType(raw) === 'int' && (raw as number) >= 0) throw new Rejection([noSuchRow(raw)]);
    const uuid = parseUuid(raw);
    if (uuid === undefined) throw new Rejection([`“${pythonText(raw)}” is not a valid UUID.`]);
    return uuid;
  };
}

/** An integer foreign key; `exists` checks the row. */
export function integerKey(): Coercion<number> {
  return (raw) => {
    const isNumber = typeof raw === 'number' || (typeof raw === 'string' && /^\s*[+-]?\d+\s*$/.test(raw));
    if (!isNumber || !Number.isSafeInteger(Number(raw))) {
      throw new Rejection([`Incorrect type. Expected pk value, received ${pythonType(raw)}.`]);
    }
    const key = Number(raw);
    // Out of range for the column: the database would refuse the comparison.
    if (key < int32.minimum || key > int32.maximum) throw new Rejection([noSuchRow(raw)]);
    return key;
  };
}

/** The message for a key without a row. */
export function noSuchRow(key: unknown): string {
  return `Invalid pk "${pythonText(key)}" - object does not exist.`;
}

/** A list of valid items; reports only the first invalid one. */
export function list<T>(item: Coercion<T>, { allowEmpty = true } = {}): Coercion<T[]> {
  return (raw) => {
    if (!Array.isArray(raw)) throw notAList(raw);
    if (raw.length === 0 && !allowEmpty) throw new Rejection([emptyListMessage]);
    return raw.map((entry: unknown) => {
      if (entry === null) throw new Rejection([noSuchRow(entry)]);
      return item(entry);
    });
  };
}

/** A list of valid items; reports every invalid one by its index. */
export function eachOf<T>(item: Coercion<T>, { allowEmpty = false } = {}): Coercion<T[]> {
  return (raw) => {
    if (!Array.isArray(raw)) throw notAList(raw);
    if (raw.length === 0 && !allowEmpty) throw new Rejection([emptyListMessage]);
    const refused: Record<string, FieldMessages> = {};
    const values = raw.map((entry: unknown, index) => {
      try {
        if (entry === null) throw new Rejection([message('null')]);
        return item(entry);
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
        refused[index] = error.messages;
        return undefined;
      }
    });
    if (Object.keys(refused).length > 0) throw new Rejection(refused);
    return values as T[];
  };
}

function notAList(raw: unknown): Rejection {
  return new Rejection([`Expected a list of items but got type "${pythonType(raw)}".`]);
}

/** Any JSON object. */
export function dictionary(): Coercion<Record<string, unknown>> {
  return (raw) => {
    if (typeof raw !== 'object' || Array.isArray(raw)) {
      throw new Rejection(['Value must be a dictionary, and not have any duplicate keys.']);
    }
    // After an even number of backslashes it is text that looks like the escape.
    if (/(?<!\\)(\\\\)*\\u0000/.test(JSON.stringify(raw))) throw new Rejection([message('nullCharacters')]);
    return raw as Record<string, unknown>;
  };
}

const isoDateTime =
  /^(?!0000)(\d{4}-\d\d-\d\d)([T ](([01]\d|2[0-3]):\d\d(:\d\d([.,]\d{1,9})?)?) ?(Z|([+-]\d\d):?(\d\d)?)?)?$/i;

/** A timestamp in ISO 8601; UTC if it has no offset. */
export function dateTime(): Coercion<Date> {
  return (raw) => {
    const parts = typeof raw === 'string' ? isoDateTime.exec(raw.trim()) : null;
    const [, day = '', , time = '00:00', , , , , hours = '+00', minutes = '00'] = parts ?? [];
    const date = new Date(`${day}T${time.replace(',', '.')}${hours}:${minutes}`);
    if (Number.isNaN(date.getTime()) || !isCalendarDay(day)) {
      throw new Rejection([message('notDateTime')]);
    }
    return date;
  };
}

/** Whether the day exists: JavaScript reads February 30 as March 1. */
function isCalendarDay(day: string): boolean {
  return new Date(`${day}T00:00Z`).toISOString().startsWith(day);
}
