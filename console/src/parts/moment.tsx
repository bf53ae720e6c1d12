import type { ReactNode } from 'react';

import { currentFormats } from '../texts/texts';

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Returns how long ago a time is, or how far ahead, such as `5 minutes ago`. */
export function distance(time: string): string {
  const seconds = (Date.parse(time) - Date.now()) / 1000;
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat(currentFormats(), { numeric: 'auto' });
  return format.format(Math.trunc(seconds / size), unit);
}

/** Returns the exact time in the visitor's zone. */
function exactTime(time: string): string {
  return new Intl.DateTimeFormat(currentFormats(), { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time));
}

/** A time as distance from now, with the exact time on hover, or with `exact` as the exact time with the distance on hover. */
export function Moment({ time, exact = false }: { readonly time: string; readonly exact?: boolean }): ReactNode {
  const [shown, hidden] = exact ? [exactTime(time), distance(time)] : [distance(time), exactTime(time)];
  return (
    <time dateTime={time} title={hidden}>
      {shown}
    </time>
  );
}
