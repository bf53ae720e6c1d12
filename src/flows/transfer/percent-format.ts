import { BlueprintError } from './blueprint-error.js';

/** `%s` and its like, as Python has them: flags, width, precision, kind. */
const placeholder = /%([-+ 0]*)(\d{0,3})(?:\.(\d{1,3}))?([a-zA-Z%])|%/g;

/**
 * Fills the placeholders of a text in Python's way (`'%s-%03d' % (name, number)`): `%s`, `%r`, `%d`, `%i`, `%f`, `%x`,
 * `%X` and `%%`. Every value must be used.
 *
 * @throws BlueprintError
 */
export function percentFormat(text: string, values: readonly unknown[]): string {
  const left = [...values];
  const filled = text.replace(placeholder, (all, flags = '', width = '', precision?: string, kind?: string) => {
    if (kind === '%') return '%';
    if (kind === undefined) throw new BlueprintError('!Format: a % is followed by nothing that can be filled.');
    if (left.length === 0) throw new BlueprintError('!Format: there are more places than values.');
    const written = convert(kind, left.shift(), precision === undefined ? undefined : Number(precision), all);
    return padded(written, String(flags), Number(width), kind !== 's' && kind !== 'r');
  });
  if (left.length > 0) throw new BlueprintError('!Format: there are more values than places.');
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
      throw new BlueprintError(`!Format: ${placeholder} cannot be filled.`);
  }
}

function padded(text: string, flags: string, width: number, isNumber: boolean): string {
  const sign = /^-/.exec(text)?.[0] ?? (!isNumber ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '');
  const digits = isNumber ? text.replace(/^-/, '') : text;
  if (flags.includes('-')) return (sign + digits).padEnd(width);
  if (flags.includes('0') && isNumber) return sign + digits.padStart(width - sign.length, '0');
  return (sign + digits).padStart(width);
}

/** A value as Python writes it. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function asNumber(value: unknown, placeholder: string): number {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'number') throw new BlueprintError(`!Format: ${placeholder} is for numbers.`);
  return value;
}
