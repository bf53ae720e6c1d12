import { timeSince } from './time-since.js';
import { TimeZone } from './time-zone.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** Units of time in ms, largest first. Months and years have their mean Gregorian length. */
const units = [
  ['year', 365.2425 * day],
  ['month', 30.436875 * day],
  ['week', 7 * day],
  ['day', day],
  ['hour', hour],
  ['minute', minute],
] as const;

/** Formats numbers, timestamps and durations for one language. Times are in UTC unless a time zone is given. */
export class TimeFormats {
  private static readonly known = new Map<string, TimeFormats>();
  private readonly locale: string;
  private readonly dates = new Map<string, Intl.DateTimeFormat>();
  private readonly numbers = new Map<string, Intl.NumberFormat>();
  private readonly ago: Intl.RelativeTimeFormat;
  private readonly list: Intl.ListFormat;

  private constructor(locale: string) {
    // Codes and links have Western digits; mixing two kinds of digits makes a mail hard to read.
    this.locale = new Intl.Locale(locale, { numberingSystem: 'latn' }).toString();
    this.ago = new Intl.RelativeTimeFormat(this.locale, { numeric: 'always' });
    this.list = new Intl.ListFormat(this.locale, { type: 'unit', style: 'long' });
  }

  /** @param locale BCP 47 */
  static of(locale: string): TimeFormats {
    const known = this.known.get(locale) ?? new TimeFormats(locale);
    this.known.set(locale, known);
    return known;
  }

  /**
   * Formats a duration: `30 minutes`, `1 hour, 30 minutes`. At most the two largest units, rounded down.
   *
   * @param span in ms; a negative one counts as none
   */
  duration(span: number): string {
    return this.between(new Date(0), new Date(Math.max(0, span))).replaceAll('\u00a0', ' ');
  }

  /** Formats the time from one moment to another as Django's `timesince`: each number has a no-break space before its unit. */
  between(from: Date, to: Date): string {
    const words = timeSince(from, to).map(({ count, unit }) => this.count(count, unit));
    if (words.length === 0) words.push(this.count(0, 'minute'));
    const unbroken = words.map((word) => word.replaceAll(' ', '\u00a0'));
    return /^(ar|zh)/.test(this.locale) ? this.list.format(unbroken) : unbroken.join(', ');
  }

  /** Formats a time relative to now as Django's `naturaltime`: `30 minutes from now`, `an hour ago`. */
  naturalTime(moment: Date, now: Date): string {
    const distance = moment.getTime() - now.getTime();
    if (!this.locale.startsWith('en')) return this.relative(distance);
    const seconds = Math.floor(Math.abs(distance) / second);
    if (seconds === 0) return 'now';
    const side = distance < 0 ? 'ago' : 'from now';
    if (seconds * second >= day)
      return `${distance < 0 ? this.between(moment, now) : this.between(now, moment)} ${side}`;
    const [unit, length] = (
      [
        ['hour', 3600],
        ['minute', 60],
      ] as const
    ).find(([, each]) => seconds >= each) ?? ['second', 1];
    const count = Math.floor(seconds / length);
    if (count === 1) return `${unit === 'hour' ? 'an' : 'a'} ${unit} ${side}`;
    return `${count}\u00a0${unit}s ${side}`;
  }

  /**
   * Formats a time relative to now: `in 30 minutes`, `2 days ago`, `now`. One unit, the largest that is precise enough:
   * 90 minutes stay 90 minutes.
   *
   * @param distance in ms, negative for the past
   */
  relative(distance: number): string {
    const length = Math.abs(distance);
    const sign = distance < 0 ? -1 : 1;
    if (length < second) return new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }).format(0, 'second');
    const seconds = Math.round(length / second);
    if (seconds < 60) return this.ago.format(sign * seconds, 'second');
    const rounded = Math.round(length / minute) * minute;
    const exact = units.find(([, size]) => rounded >= 2 * size || rounded === size) ?? (['minute', minute] as const);
    return this.ago.format(sign * Math.round(rounded / exact[1]), exact[0]);
  }

  /** Returns `yesterday`, `today` or `tomorrow` for -1, 0 and 1. */
  dayFromToday(days: number): string {
    return new Intl.RelativeTimeFormat(this.locale, { numeric: 'auto' }).format(days, 'day');
  }

  /** Formats a number with the decimal and grouping separators of the language. */
  number(value: number, options: Intl.NumberFormatOptions = {}): string {
    const key = JSON.stringify(options);
    const format = this.numbers.get(key) ?? new Intl.NumberFormat(this.locale, options);
    this.numbers.set(key, format);
    return format.format(value);
  }

  /** Formats a timestamp or parts of it, such as `{ dateStyle: 'long' }` or `{ weekday: 'short' }`. */
  date(moment: Date, options: Intl.DateTimeFormatOptions): string {
    const key = JSON.stringify(options);
    const format = this.dates.get(key) ?? new Intl.DateTimeFormat(this.locale, { ...options, timeZone: 'UTC' });
    this.dates.set(key, format);
    return format.format(moment);
  }

  /** Formats the month as newspapers do: in English, names of more than five letters are abbreviated, with a dot. */
  pressMonth(moment: Date): string {
    const short = this.date(moment, { month: 'short' });
    if (!this.locale.startsWith('en')) return short;
    const long = this.date(moment, { month: 'long' });
    return long.length <= 5 ? long : `${moment.getUTCMonth() === 8 ? 'Sept' : short}.`;
  }

  /** Formats a timestamp as date and time in a time zone. */
  moment(moment: Date, zone = TimeZone.utc): string {
    return `${this.date(zone.local(moment), { dateStyle: 'long', timeStyle: 'short' })} ${zone.abbreviation(moment)}`;
  }

  private count(count: number, unit: string): string {
    return this.number(count, { style: 'unit', unit, unitDisplay: 'long' });
  }
}
