import { randomBytes } from 'node:crypto';

const hour = 3_600_000;

/**
 * Returns a new ID of a run: a UUID of version 7 (RFC 9562), which holds the start of the run.
 *
 * @param now in milliseconds since 1970
 */
export function newRunId(now: number): string {
  const random = randomBytes(10).toString('hex');
  const variant = '89ab'.charAt(parseInt(random.charAt(3), 16) % 4);
  const digits = `${now.toString(16).padStart(12, '0')}7${random.slice(0, 3)}${variant}${random.slice(4, 19)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Returns the start of the hour in which a run started, in milliseconds; of `now` if its ID is of another version. */
export function startHourOf(run: string, now: number): number {
  const started = run.charAt(14) === '7' ? parseInt(run.replace('-', '').slice(0, 12), 16) : now;
  return Math.floor(started / hour) * hour;
}
