/** A time zone of the IANA database. */
export class TimeZone {
  private static readonly known = new Map<string, TimeZone | undefined>();
  /** UTC, the time zone of templates unless they choose another. */
  static readonly utc = new TimeZone('UTC');
  private readonly parts: Intl.DateTimeFormat;

  private constructor(readonly name: string) {
    this.parts = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'iso8601',
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  }

  /** @returns undefined for an unknown name */
  static named(name: string): TimeZone | undefined {
    if (!/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return undefined;
    if (!this.known.has(name)) {
      // Names come from templates; bounded, because a template can make them up.
      if (this.known.size > 1000) this.known.clear();
      this.known.set(name, this.read(name));
    }
    return this.known.get(name);
  }

  private static read(name: string): TimeZone | undefined {
    try {
      return name === 'UTC' ? this.utc : new TimeZone(name);
    } catch {
      return undefined;
    }
  }

  /** Returns a time whose UTC fields are the local ones of the moment. */
  local(moment: Date): Date {
    if (this.name === 'UTC') return moment;
    const fields: Record<string, number> = {};
    for (const { type, value } of this.parts.formatToParts(moment)) fields[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
    return new Date(Date.UTC(year, month - 1, day, hour, minute, second, moment.getUTCMilliseconds()));
  }

  /** Returns the minutes by which local time is ahead of UTC. */
  offset(moment: Date): number {
    return Math.round((this.local(moment).getTime() - moment.getTime()) / 60_000);
  }

  /** Whether summer time applies. */
  isSummer(moment: Date): boolean {
    const year = moment.getUTCFullYear();
    const standard = Math.min(...[0, 6].map((month) => this.offset(new Date(Date.UTC(year, month, 1)))));
    return this.offset(moment) > standard;
  }

  /** Returns the abbreviation that people use, such as `CET`, or else the offset, such as `+0545`. */
  abbreviation(moment: Date): string {
    if (this.name === 'UTC') return 'UTC';
    for (const locale of abbreviatingLocales) {
      const parts = new Intl.DateTimeFormat(locale, { timeZone: this.name, timeZoneName: 'short' }).formatToParts(
        moment,
      );
      const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
      if (/^[A-Z]{2,5}$/.test(name)) return name;
    }
    return isoOffset(this.offset(moment)).replace(/00$/, '');
  }
}

/** English of regions whose readers know the abbreviations of their zones. */
const abbreviatingLocales = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-IN', 'en-ZA', 'en-CA', 'en-PH', 'ja-JP', 'ko-KR'];

/** Formats an offset as ISO 8601 does, such as `+0100`. */
export function isoOffset(minutes: number, separator = ''): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const length = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(length / 60))}${separator}${two(length % 60)}`;
}
