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

/** The longest span that is taken, in seconds: as far as 32 bits go, 68 years. */
const longest = 2 ** 31 - 1;

/**
 * Reads a span of time as the reference writes it: `hours=3;minutes=17`. Commas are taken too, for its documentation
 * writes them; units that there are not are refused, for a slip of the pen would be another span.
 *
 * @returns whole seconds, rounded up; undefined if it is no span of time
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
  // Cut to microseconds before it is rounded up: 0.7 and 0.3 may make a little more than 1.
  return Math.ceil(Number(sum.toFixed(6))) || 0;
}

/**
 * Whole seconds of a span that a `DurationField` has taken.
 *
 * @throws Error for anything else
 */
export function secondsIn(duration: string): number {
  const seconds = parseDuration(duration);
  if (seconds === undefined) throw new Error(`${duration} is no span of time`);
  return seconds;
}

/** A span of time as text; it is kept as it was written. */
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
  return (parseDuration(value) ?? 0) > longest ? 'Ensure this is no more than 68 years.' : undefined;
}
