import { formatDate } from '../../language/date-format.js';
import { readMoment } from '../../scope.js';
import type { RenderContext } from '../context.js';
import { SafeText, textOf } from '../values.js';
import type { Filter } from './filter.js';

/** Filters for timestamps, also as ISO 8601 text. Other values stay as they are, or give an empty string. */
export const timeFilters: Readonly<Record<string, Filter>> = {
  date: (value, argument, context) => formatted(value, argument, 'DATE_FORMAT', context),
  time: (value, argument, context) => formatted(value, argument, 'TIME_FORMAT', context),
  naturaltime: (value, _, { rendering: { formats, now } }) => {
    const moment = momentOf(value);
    return moment === undefined ? value : formats.relative(moment.getTime() - now.getTime());
  },
  naturalday: (value, argument, context) => {
    const moment = momentOf(value);
    if (moment === undefined) return value;
    const days = dayOf(moment) - dayOf(context.rendering.now);
    return Math.abs(days) > 1
      ? formatted(value, argument, 'DATE_FORMAT', context)
      : context.rendering.formats.dayFromToday(days);
  },
  timesince: (value, argument, context) => distance(value, argument, context, 1),
  timeuntil: (value, argument, context) => distance(value, argument, context, -1),
};

function formatted(value: unknown, argument: unknown, fallback: string, context: RenderContext): string {
  const moment = momentOf(value);
  if (moment === undefined) return '';
  return formatDate(moment, argument === undefined ? fallback : textOf(argument), context.rendering.formats);
}

function distance(value: unknown, argument: unknown, { rendering }: RenderContext, sign: 1 | -1): string {
  const moment = momentOf(value);
  const other = argument === undefined ? rendering.now : momentOf(argument);
  if (moment === undefined || other === undefined) return '';
  return rendering.formats.duration(sign * (other.getTime() - moment.getTime()));
}

function momentOf(value: unknown): Date | undefined {
  return readMoment(value instanceof SafeText ? value.text : value);
}

function dayOf(moment: Date): number {
  return Math.floor(moment.getTime() / 86_400_000);
}
