import { BlueprintError } from './blueprint-error.js';

/** Python's format specifiers: flags, width, precision, type. */
const placeholder = /%([-+ 0]*)(\d{0,3})(?:\.(\d{1,3}))?([a-zA-Z%])|%/g;

/**
 * Formats a string as Python's % operator does (`'%s-%03d' % (name, number)`): `%s`, `%r`, `%d`, `%i`, `%f`, `%x`,
 * `%X` and `%%`. Every value must be used.
 *
 * @throws BlueprintError
 */
export function percentFormat(text: string, values: readonly unknown[]): string {
  const left = [...values];
  const filled = text.replace(placeholder, (all, flags = '', width = '', precision?: string, kind?: string) => {
    if (kind === '%') return '%';
    if (kind === undefined) throw new BlueprintError('!Format: a % is not followed by a valid format.');
    if (left.length === 0) throw new BlueprintError('!Format: not enough values for the format string.');
    const written = convert(kind, left.shift(), precision === undefined ? undefined : Number(precision), all);
    return padded(written, String(flags), Number(width), kind !== 's' && kind !== 'r');
  });
  if (left.length > 0) throw new BlueprintError('!Format: too many values for the format string.');
  return filled;
}

function convert(kind: string, value: unknown, precision: number | undefined, placeholder: string): string {
  switch (kind) {
    case 's':
    case 'r':
      return asText(value).slice(0, precision);
    case 'd':
    case 'i':
      return String(Math.trunc(asNumber(value, placeholder)));
    case 'f':
      return asNumber(value, placeholder).toFixed(Math.min(precision ?? 6, 100));
    case 'x':
      return Math.trunc(asNumber(value, placeholder)).toString(16);
    case 'X':
      return Math.trunc(asNumber(value, placeholder)).toString(16).toUpperCase();
    default:
      throw new BlueprintError(`!Format: ${placeholder} is not supported.`);
  }
}

function padded(text: string, flags: string, width: number, isNumber: boolean): string {
  const sign = /^-/.exec(text)?.[0] ?? (!isNumber ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '');
  const digits = isNumber ? text.replace(/^-/, '') : text;
  if (flags.includes('-')) return (sign + digits).padEnd(width);
  if (flags.includes('0') && isNumber) return sign + digits.padStart(width - sign.length, '0');
  return (sign + digits).padStart(width);
}

/** Returns `str(value)` of Python. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function asNumber(value: unknown, placeholder: string): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number') throw new BlueprintError(`!Format: ${placeholder} requires a number.`);
  return value;
}
