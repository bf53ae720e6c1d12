import type { TimeFormats } from './time-formats.js';
import { isoOffset, TimeZone } from './time-zone.js';

/** Names of whole formats (Django: "Format localization"). */
const named: Readonly<Record<string, (moment: Date, formats: TimeFormats) => string>> = {
  DATE_FORMAT: (moment, formats) => formats.date(moment, { dateStyle: 'long' }),
  DATETIME_FORMAT: (moment, formats) => formats.date(moment, { dateStyle: 'long', timeStyle: 'short' }),
  TIME_FORMAT: (moment, formats) => formats.date(moment, { timeStyle: 'short' }),
  SHORT_DATE_FORMAT: (moment, formats) => formats.date(moment, { dateStyle: 'short' }),
  SHORT_DATETIME_FORMAT: (moment, formats) => formats.date(moment, { dateStyle: 'short', timeStyle: 'short' }),
  MONTH_DAY_FORMAT: (moment, formats) => formats.date(moment, { month: 'long', day: 'numeric' }),
  YEAR_MONTH_FORMAT: (moment, formats) => formats.date(moment, { year: 'numeric', month: 'long' }),
};

/** What a letter can read in addition to the local time: the moment and its time zone. */
interface Instant {
  readonly instant: Date;
  readonly zone: TimeZone;
}

const letters: Readonly<Record<string, (local: Date, formats: TimeFormats, instant: Instant) => string | number>> = {
  // day
  d: (moment) => two(moment.getUTCDate()),
  j: (moment) => moment.getUTCDate(),
  D: (moment, formats) => formats.date(moment, { weekday: 'short' }),
  l: (moment, formats) => formats.date(moment, { weekday: 'long' }),
  S: (moment) => ordinalSuffix(moment.getUTCDate()),
  w: (moment) => moment.getUTCDay(),
  z: (moment) => dayOfYear(moment),
  // week
  W: (moment) => isoWeek(moment).week,
  o: (moment) => isoWeek(moment).year,
  // month
  m: (moment) => two(moment.getUTCMonth() + 1),
  n: (moment) => moment.getUTCMonth() + 1,
  M: (moment, formats) => formats.date(moment, { month: 'short' }),
  b: (moment, formats) => formats.date(moment, { month: 'short' }).toLowerCase(),
  N: (moment, formats) => formats.pressMonth(moment),
  F: (moment, formats) => formats.date(moment, { month: 'long' }),
  E: (moment, formats) => formats.date(moment, { month: 'long' }),
  t: (moment) => new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + 1, 0)).getUTCDate(),
  // year
  y: (moment) => two(moment.getUTCFullYear() % 100),
  Y: (moment) => String(moment.getUTCFullYear()).padStart(4, '0'),
  L: (moment) => (isLeapYear(moment.getUTCFullYear()) ? 'True' : 'False'),
  // time
  a: (moment) => (moment.getUTCHours() < 12 ? 'a.m.' : 'p.m.'),
  A: (moment) => (moment.getUTCHours() < 12 ? 'AM' : 'PM'),
  g: (moment) => moment.getUTCHours() % 12 || 12,
  G: (moment) => moment.getUTCHours(),
  h: (moment) => two(moment.getUTCHours() % 12 || 12),
  H: (moment) => two(moment.getUTCHours()),
  i: (moment) => two(moment.getUTCMinutes()),
  s: (moment) => two(moment.getUTCSeconds()),
  u: (moment) => String(moment.getUTCMilliseconds() * 1000).padStart(6, '0'),
  f: (moment) =>
    `${moment.getUTCHours() % 12 || 12}${moment.getUTCMinutes() === 0 ? '' : `:${two(moment.getUTCMinutes())}`}`,
  P: (moment) => proseTime(moment),
  // time zone
  e: (_, __, { instant, zone }) => zone.abbreviation(instant),
  T: (_, __, { instant, zone }) => zone.abbreviation(instant),
  O: (_, __, { instant, zone }) => isoOffset(zone.offset(instant)),
  Z: (_, __, { instant, zone }) => zone.offset(instant) * 60,
  I: (_, __, { instant, zone }) => (zone.isSummer(instant) ? 1 : 0),
  // complete timestamps
  c: (local, _, { instant, zone }) =>
    local.toISOString().replace('.000Z', '').replace('Z', '000') + isoOffset(zone.offset(instant), ':'),
  r: (local, _, { instant, zone }) => local.toUTCString().replace('GMT', isoOffset(zone.offset(instant))),
  U: (_, __, { instant }) => Math.floor(instant.getTime() / 1000),
};

/**
 * Formats a timestamp in a time zone with the letters of Django's filter `date` (Django: "Built-in template tags and filters"). A
 * letter after a backslash, and every character that is not a format letter, is unchanged.
 */
export function formatDate(moment: Date, format: string, formats: TimeFormats, zone = TimeZone.utc): string {
  const local = zone.local(moment);
  if (Object.hasOwn(named, format)) return named[format]?.(local, formats) ?? '';
  return format.replace(/\\(.)|([A-Za-z])/gs, (match, escaped: string | undefined, letter: string | undefined) => {
    if (escaped !== undefined) return escaped;
    return letter !== undefined && Object.hasOwn(letters, letter)
      ? String(letters[letter]?.(local, formats, { instant: moment, zone }) ?? '')
      : match;
  });
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function dayOfYear(moment: Date): number {
  return Math.floor((moment.getTime() - Date.UTC(moment.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** Week and year of ISO 8601: a week belongs to the year of its Thursday. */
function isoWeek(moment: Date): { week: number; year: number } {
  const thursday = new Date(moment);
  thursday.setUTCDate(moment.getUTCDate() + 4 - (moment.getUTCDay() || 7));
  return { week: Math.ceil(dayOfYear(thursday) / 7), year: thursday.getUTCFullYear() };
}

function ordinalSuffix(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

function proseTime(moment: Date): string {
  const [hour, minute] = [moment.getUTCHours(), moment.getUTCMinutes()];
  if (minute === 0 && hour === 0) return 'midnight';
  if (minute === 0 && hour === 12) return 'noon';
  return `${hour % 12 || 12}${minute === 0 ? '' : `:${two(minute)}`} ${hour < 12 ? 'a.m.' : 'p.m.'}`;
}
