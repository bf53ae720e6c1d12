/** Units of time, largest first, in the order of Django's `timesince`. */
const timeUnits = ['year', 'month', 'week', 'day', 'hour', 'minute'] as const;

/** A number of units of time. */
export interface TimeCount {
  readonly unit: (typeof timeUnits)[number];
  readonly count: number;
}

/** Milliseconds of the units below a month. */
const lengths = [7 * 86_400_000, 86_400_000, 3_600_000, 60_000] as const;

/** Days of each month that a span of months ends on at most. */
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/**
 * Returns the time from one moment to another as Django's `timesince` does: calendar years and months, then weeks, days,
 * hours and minutes, each rounded down. At most two units that follow each other, the first of which is not zero; empty for
 * less than a minute.
 */
export function timeSince(from: Date, to: Date): TimeCount[] {
  if (to.getTime() - from.getTime() < 60_000) return [];
  const months = monthsBetween(from, to);
  const counts = [Math.floor(months / 12), months % 12];
  let rest = to.getTime() - after(from, months).getTime();
  for (const length of lengths) {
    const count = Math.floor(rest / length);
    counts.push(count);
    rest -= count * length;
  }
  const first = counts.findIndex((count) => count > 0);
  if (first < 0) return [];
  return timeUnits
    .slice(first, first + 2)
    .map((unit, index) => ({ unit, count: counts[first + index] ?? 0 }))
    .filter(({ count }) => count > 0);
}

function monthsBetween(from: Date, to: Date): number {
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  const timeOfMonth = (moment: Date): number =>
    moment.getTime() - Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth());
  return timeOfMonth(from) > timeOfMonth(to) ? months - 1 : months;
}

function after(from: Date, months: number): Date {
  if (months === 0) return from;
  const target = from.getUTCMonth() + months;
  const moment = new Date(from);
  moment.setUTCFullYear(
    from.getUTCFullYear() + Math.floor(target / 12),
    target % 12,
    Math.min(from.getUTCDate(), monthDays[target % 12] ?? 28),
  );
  return moment;
}
