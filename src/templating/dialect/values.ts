import { TimeFormats } from '../language/time-formats.js';

/** Text that goes in as it is: written by the author of a template, or escaped already. */
export class SafeText {
  constructor(readonly text: string) {}
}

/** Escapes what means something in HTML, in text as well as in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What a value looks like. A missing one looks like nothing; the rest as Python would write it. */
export function textOf(value: unknown, formats?: TimeFormats): string {
  if (value instanceof SafeText) return value.text;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (value instanceof Date) return (formats ?? TimeFormats.of('en')).moment(value);
  if (Array.isArray(value)) return value.map((item) => textOf(item, formats)).join(', ');
  if (!isRecord(value)) return '';
  return Object.entries(value)
    .map(([key, item]) => `${key}: ${textOf(item, formats)}`)
    .join(', ');
}

/** Whether it is an object whose own properties a template may read. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}

/** Truth as Python has it: empty text, lists and objects are false, and so is zero. */
export function isTruthy(value: unknown): boolean {
  if (value instanceof SafeText) return value.text !== '';
  if (Array.isArray(value)) return value.length > 0;
  if (isRecord(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Whether both are the same, as `==` of Python says: by value, and never across kinds. */
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

/** -1, 0 or 1; undefined if there is no order between the two. */
export function order(left: unknown, right: unknown): number | undefined {
  const [a, b] = [plain(left), plain(right)];
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) return undefined;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Whether `container` has `item`: a part of a text, an element of a list, a key of an object. */
export function contains(container: unknown, item: unknown): boolean {
  const holder = plain(container);
  if (typeof holder === 'string') return typeof plain(item) === 'string' && holder.includes(textOf(item));
  if (Array.isArray(holder)) return holder.some((element) => isEqual(element, item));
  return isRecord(holder) && textOf(item) in holder;
}

/** What a loop goes over: elements of a list, keys of an object, characters of a text. */
export function elementsOf(value: unknown): readonly unknown[] {
  const holder = plain(value);
  if (Array.isArray(holder)) return holder;
  if (typeof holder === 'string') return Array.from(holder);
  return isRecord(holder) ? Object.keys(holder) : [];
}

/** How many elements or characters it has; 0 for what has none. */
export function lengthOf(value: unknown): number {
  return elementsOf(value).length;
}

/** A number, or the number that a text is; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const holder = plain(value);
  if (typeof holder === 'number') return holder;
  if (typeof holder === 'boolean') return Number(holder);
  if (typeof holder !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(holder)) return undefined;
  return Number(holder);
}

/** The value without what only says how it is written; moments as numbers, `undefined` as null. */
function plain(value: unknown): unknown {
  if (value instanceof SafeText) return value.text;
  if (value instanceof Date) return value.getTime();
  return value ?? null;
}
