import { type Coercion, text } from './coercions.js';

const secondsOf: Readonly<Record<string, number>> = {
  weeks: 604_800,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
  milliseconds: 1e-3,
  microseconds: 1e-6,
};

/** The longest duration in seconds: 32 bits, 68 years. */
const maxSeconds = 2 ** 31 - 1;

/**
 * Parses a duration in authentik's format, `hours=3;minutes=17`. Commas separate too, as in its documentation. Unknown
 * units are invalid, because a typo would give another duration.
 *
 * @returns whole seconds, rounded up; undefined if the text is invalid
 */
export function parseDuration(value: string): number | undefined {
  const parts = new Map<string, number>();
  for (const part of value.split(/[;,]/)) {
    const [, name = '', number = ''] = /^\s*([a-z]+)\s*=\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*$/i.exec(part) ?? [];
    const unit = secondsOf[name.toLowerCase()];
    if (unit === undefined) return undefined;
    parts.set(name.toLowerCase(), Number(number) * unit);
  }
  const sum = [...parts.values()].reduce((total, part) => total + part, 0);
  if (!Number.isFinite(sum)) return undefined;
  // Truncated to microseconds before rounding up: 0.7 + 0.3 may be a little more than 1.
  return Math.ceil(Number(sum.toFixed(6))) || 0;
}

/**
 * Whole seconds of a valid `DurationField` value.
 *
 * @throws Error for an invalid value
 */
export function secondsIn(duration: string): number {
  const seconds = parseDuration(duration);
  if (seconds === undefined) throw new Error(`${duration} is not a duration`);
  return seconds;
}

/** A duration as text, kept as written. */
export function duration(): Coercion<string> {
  return text({ checks: [isWellFormed, isNotNegative, isNotTooLong] });
}

function isWellFormed(value: string): string | undefined {
  if (parseDuration(value) !== undefined) return undefined;
  return `${value} is not in the correct format of 'hours=3;minutes=1'.`;
}

function isNotNegative(value: string): string | undefined {
  return (parseDuration(value) ?? 0) < 0 ? 'Ensure this is not a negative time.' : undefined;
}

function isNotTooLong(value: string): string | undefined {
  return (parseDuration(value) ?? 0) > maxSeconds ? 'Ensure this is no more than 68 years.' : undefined;
}
