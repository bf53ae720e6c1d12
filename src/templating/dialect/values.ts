import { TimeFormats } from '../language/time-formats.js';
import type { TimeZone } from '../language/time-zone.js';
import { ownText } from '../scope.js';

/** Text that is not escaped: written by the author of a template, or escaped already. */
export class SafeText {
  constructor(readonly text: string) {}
}

/** A moment in a time zone that a filter has chosen. */
export class ZonedMoment {
  constructor(
    readonly moment: Date,
    readonly zone: TimeZone,
  ) {}
}

/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // As Django writes it.
  "'": '&#x27;',
};

/** Formats a value as Python does; a missing value is an empty string. */
export function textOf(value: unknown, formats?: TimeFormats): string {
  if (value instanceof SafeText) return value.text;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return (formats ?? TimeFormats.of('en')).moment(value);
  if (value instanceof ZonedMoment) return (formats ?? TimeFormats.of('en')).moment(value.moment, value.zone);
  if (Array.isArray(value)) return value.map((item) => textOf(item, formats)).join(', ');
  if (!isRecord(value)) return '';
  if (ownText in value) return String(value[ownText]);
  return Object.entries(value)
    .map(([key, item]) => `${key}: ${textOf(item, formats)}`)
    .join(', ');
}

/** Whether it is an object whose own properties a template may read. */
export function isRecord(value: unknown): value is Record<string | symbol, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

/** Python's truth value: empty strings, lists and objects are false, and so is zero. */
export function isTruthy(value: unknown): boolean {
  if (value instanceof SafeText) return value.text !== '';
  if (Array.isArray(value)) return value.length > 0;
  if (isRecord(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Python's `==`: by value, and never across types. */
export function isEqual(left: unknown, right: unknown): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => isEqual(item, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && isEqual(a[key], b[key]));
  }
  return a === b;
}

/** Compares two values: -1, 0 or 1; undefined if they have no order. */
export function order(left: unknown, right: unknown): number | undefined {
  const [a, b] = [plain(left), plain(right)];
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) return undefined;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Python's `in`: a substring, an element of a list, a key of an object. */
export function contains(container: unknown, item: unknown): boolean {
  const holder = plain(container);
  if (typeof holder === 'string') return typeof plain(item) === 'string' && holder.includes(textOf(item));
  if (Array.isArray(holder)) return holder.some((element) => isEqual(element, item));
  return isRecord(holder) && textOf(item) in holder;
}

/** The elements that a loop iterates over: of a list, keys of an object, characters of a string. */
export function elementsOf(value: unknown): readonly unknown[] {
  const holder = plain(value);
  if (Array.isArray(holder)) return holder;
  if (typeof holder === 'string') return Array.from(holder);
  return isRecord(holder) ? Object.keys(holder) : [];
}

/** Number of elements or characters; 0 for other values. */
export function lengthOf(value: unknown): number {
  return elementsOf(value).length;
}

/** Converts a number or numeric string; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const holder = plain(value);
  if (typeof holder === 'number') return holder;
  if (typeof holder === 'boolean') return Number(holder);
  if (typeof holder !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(holder)) return undefined;
  return Number(holder);
}

/** The value for comparison: safe text as string, timestamps as numbers, `undefined` as null. */
function plain(value: unknown): unknown {
  if (value instanceof SafeText) return value.text;
  if (value instanceof ZonedMoment) return value.moment.getTime();
  if (value instanceof Date) return value.getTime();
  return value ?? null;
}
