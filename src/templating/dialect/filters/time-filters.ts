import { formatDate } from '../../language/date-format.js';
import { TimeZone } from '../../language/time-zone.js';
import { readMoment } from '../../scope.js';
import type { RenderContext } from '../context.js';
import { SafeText, textOf, ZonedMoment } from '../values.js';
import type { Filter } from './filter.js';

/** Filters for timestamps, also as ISO 8601 text. Other values stay as they are, or give an empty string. */
export const timeFilters: Readonly<Record<string, Filter>> = {
  date: (value, argument, context) => formatted(value, argument, 'DATE_FORMAT', context),
  time: (value, argument, context) => formatted(value, argument, 'TIME_FORMAT', context),
  naturaltime: (value, _, { rendering: { formats, now } }) => {
    const moment = momentOf(value);
    return moment === undefined ? value : formats.naturalTime(moment, now);
  },
  naturalday: (value, argument, context) => {
    const moment = momentOf(value);
    if (moment === undefined) return value;
    const zone = context.zoneOf(value);
    const days = dayOf(zone.local(moment)) - dayOf(zone.local(context.rendering.now));
    return Math.abs(days) > 1
      ? formatted(value, argument, 'DATE_FORMAT', context)
      : context.rendering.formats.dayFromToday(days);
  },
  timesince: (value, argument, context) => distance(value, argument, context, 1),
  timeuntil: (value, argument, context) => distance(value, argument, context, -1),
  timezone: (value, argument) => {
    const name = textOf(argument);
    return zoned(value, TimeZone.named(name));
  },
  localtime: (value, _, { zone }) => zoned(value, zone),
  utc: (value) => zoned(value, TimeZone.utc),
};

function zoned(value: unknown, zone: TimeZone | undefined): ZonedMoment | string {
  const moment = momentOf(value);
  return moment === undefined || zone === undefined ? '' : new ZonedMoment(moment, zone);
}

function formatted(value: unknown, argument: unknown, fallback: string, context: RenderContext): string {
  const moment = momentOf(value);
  if (moment === undefined) return '';
  const format = argument === undefined ? fallback : textOf(argument);
  return formatDate(moment, format, context.rendering.formats, context.zoneOf(value));
}

function distance(value: unknown, argument: unknown, { rendering }: RenderContext, sign: 1 | -1): string {
  const moment = momentOf(value);
  const other = argument === undefined ? rendering.now : momentOf(argument);
  if (moment === undefined || other === undefined) return '';
  return sign === 1 ? rendering.formats.between(moment, other) : rendering.formats.between(other, moment);
}

function momentOf(value: unknown): Date | undefined {
  if (value instanceof ZonedMoment) return value.moment;
  return readMoment(value instanceof SafeText ? value.text : value);
}

function dayOf(moment: Date): number {
  return Math.floor(moment.getTime() / 86_400_000);
}
